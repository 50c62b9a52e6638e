#pragma once
// A scope during one query, or one task of the writer: what of the records is seen. A reader with a scope; where a
// search would read the records, it asks the view first. Lives within the transaction, on its thread.

#include <map>
#include <optional>

#include "engine/database/database.h"
#include "engine/records/scope_rules.h"
#include "engine/records/search/bitmap.h"
#include "engine/records/stored.h"

namespace yilian::records {

class View {
 public:
  View(database::Connection& reader, const Scope& scope) : reader_(reader), scope_(scope) {}
  View(const View&) = delete;

  database::Connection& reader() { return reader_; }
  const Scope& scope() const { return scope_; }
  bool is_all() const { return scope_.is_all(); }

  // ---- by the index: for many. Errors: busy (it is being made ready for the rules), storage.
  struct Seen {
    std::optional<Bitmap> only;  // nothing else is seen; without deleted ones
    Bitmap hidden;               // these are not
    void cut(Bitmap& set) const;
    bool contains(std::int64_t rid) const { return bits_of(rid >> 6) >> (rid & 63) & 1; }
    // Of 64 resources those that are not hidden, whether they are there or not.
    std::uint64_t bits_of(std::int64_t block) const;
  };
  // Of the current resources of a type; looked up once.
  Result<const Seen*> of(const Plan& plan);
  // Takes from a set of this type what is not seen; of a small one only its own rows are looked at.
  Result<void> cut(Bitmap& set, const Plan& plan);
  // Whether a current resource is seen; a deleted one is not.
  Result<bool> contains(const Stored& stored);

  // ---- by the bodies: for one. Errors: storage.
  // A version, the current one or a former one; a deletion by what was before it, and not if nothing is left of that. A
  // former version is seen when the current one is too.
  Result<bool> shows(const Stored& version);
  // Whether the resource would be seen with these rows.
  bool shows(const Plan& plan, const Rows& rows, std::int64_t key);

 private:
  const ScopeRules& rules(const Plan& plan);
  Result<bool> shows_body(const Stored& version);
  Result<void> refuse_lacking(const ScopeRules& rules);
  // `within`: only these are asked for, and what is said of others may be wrong; nullptr: all.
  Bitmap with_rows(const Plan& plan, const ScopeRows& rows, const Bitmap* within);
  Seen look_up(const Plan& plan, const ScopeRules& rules, const Bitmap* within);

  database::Connection& reader_;
  const Scope scope_;
  std::map<std::uint8_t, ScopeRules> rules_;
  std::map<std::uint8_t, Seen> seen_;
  std::map<std::uint8_t, int> asked_alone_;  // how often contains() was
};

}  // namespace yilian::records
