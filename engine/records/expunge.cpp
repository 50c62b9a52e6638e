#include "engine/records/expunge.h"

#include <algorithm>
#include <vector>

#include "engine/base/log.h"
#include "engine/fhir/definitions.h"
#include "engine/records/custom/custom_parameters.h"
#include "engine/records/erasure.h"
#include "engine/records/group.h"
#include "engine/records/index/index.h"
#include "engine/records/index/index_cursor.h"
#include "engine/records/index/key.h"
#include "engine/records/stored.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

constexpr std::size_t kAtOnce = 50;  // versions a task: other writers wait meanwhile

// What is freed while this lives is overwritten with zeros.
class SecureDelete {
 public:
  explicit SecureDelete(database::Connection& writer) : writer_(writer) { writer_.erase_deleted(true); }
  SecureDelete(const SecureDelete&) = delete;
  ~SecureDelete() {
    try {
      writer_.erase_deleted(false);
    } catch (const database::StorageError&) {
      // It stays on: slower, and no harm.
    }
  }

 private:
  database::Connection& writer_;
};

class Slice {
 public:
  Slice(database::Connection& writer, std::size_t most) : writer_(writer), most_(most) {}

  Result<std::size_t> run(const Expunge& request) {
    if (request.id.empty()) {
      for (const fhir::Type* type : fhir::resource_types()) {
        if (request.type.empty() || request.type == type->name) YL_CHECK(of_type(type_number(type->name), request));
      }
    } else {
      YL_CHECK(of_one(request));
    }
    YL_CHECK(erasure_.run());
    return removed_;
  }

 private:
  bool full() const { return removed_ >= most_; }

  Result<void> of_one(const Expunge& request) {
    const std::string where = request.type + "/" + request.id;
    const Plan* type = plan(request.type);
    const auto stored = type == nullptr
                            ? std::nullopt
                            : find(writer_, *type, pack_id(request.id), resource_key(request.type, request.id));
    if (!stored) return fail(Code::not_found, "there is no such resource", where);
    if (request.version) return one_version(*stored, *request.version, where);
    if (request.everything || (request.deleted && stored->deleted())) return whole(*stored);
    if (request.previous) former(*stored);
    return {};
  }

  Result<void> one_version(const Stored& stored, std::int64_t version, const std::string& where) {
    if (version == stored.version)
      return fail(Code::conflict, "the current version is not removed alone", where,
                  "Delete the resource, then remove it with expungeDeletedResources");
    auto row = writer_.prepare("SELECT body, start, bytes FROM resource_history WHERE rid = ?1 AND version = ?2");
    row.bind(1, stored.rid).bind(2, version);
    if (!row.step()) return fail(Code::not_found, "there is no version " + std::to_string(version), where);
    const BodyPlace place{row.integer(0), row.integer(1), row.integer(2)};
    row.reset();
    remove_version(stored, version, place);
    return {};
  }

  Result<void> of_type(std::uint8_t type, const Expunge& request) {
    for (const std::uint32_t code : {kDeletedCode, kUpdatedCode}) {
      if (!(code == kDeletedCode ? request.deleted || request.everything : request.everything)) continue;
      for (const std::int64_t rid : resources(row_number(type, code))) {
        if (full()) return {};
        if (const auto stored = stored_at(writer_, rid)) YL_CHECK(whole(*stored));
      }
    }
    if (request.previous) {
      for (const std::int64_t rid : with_history(type)) {
        if (full()) return {};
        if (const auto stored = stored_at(writer_, rid)) former(*stored);
      }
    }
    return {};
  }

  // The first ones that have a row of this number: as many as a slice may need.
  std::vector<std::int64_t> resources(std::uint32_t number) {
    std::vector<std::int64_t> out;
    for (IndexCursor at(writer_, parameter_key(number), parameter_key(number + 1)); at.there() && out.size() < most_;
         at.next()) {
      for (std::uint64_t bits = at.bits().set; bits != 0; bits &= bits - 1)
        out.push_back(block_of(at.key()) * 64 + __builtin_ctzll(bits));
    }
    return out;
  }

  std::vector<std::int64_t> with_history(std::uint8_t type) {
    std::vector<std::int64_t> out;
    auto row = writer_.prepare("SELECT rid FROM resource_history WHERE type = ?1 LIMIT ?2");
    row.bind(1, type).bind(2, static_cast<std::int64_t>(most_));
    while (row.step()) {
      if (out.empty() || out.back() != row.integer(0)) out.push_back(row.integer(0));
    }
    return out;
  }

  // The versions before the current one; whether all of them are gone.
  bool former(const Stored& stored) {
    std::vector<std::pair<std::int64_t, BodyPlace>> versions;
    {
      auto row = writer_.prepare(
          "SELECT version, body, start, bytes FROM resource_history WHERE rid = ?1 ORDER BY version LIMIT ?2");
      row.bind(1, stored.rid).bind(2, static_cast<std::int64_t>(most_ - removed_ + 1));
      while (row.step()) versions.push_back({row.integer(0), {row.integer(1), row.integer(2), row.integer(3)}});
    }
    for (const auto& [version, place] : versions) {
      if (full()) return false;
      remove_version(stored, version, place);
    }
    return true;
  }

  void remove_version(const Stored& stored, std::int64_t version, const BodyPlace& place) {
    writer_.prepare("DELETE FROM resource_history WHERE rid = ?1 AND version = ?2")
        .bind(1, stored.rid)
        .bind(2, version)
        .run();
    ++removed_;
    if (!place.is_same_as(stored.body)) erasure_.give_up(stored.rid, place);
  }

  // The resource with all its versions, as far as the slice goes.
  Result<void> whole(const Stored& stored) {
    if (!former(stored) || full()) return {};
    auto& changes = writer_.deferred<Index>().changes();
    if (!stored.deleted()) {
      fhir::Arena arena;
      YL_TRY(const fhir::Json* content, content_of(writer_, stored, arena));
      const Plan& type = *plan(stored.type);
      YL_CHECK(note_search_parameter(writer_, type, unpack_id(stored.packed_id), std::nullopt));
      const Rows rows = rows_before(writer_, type, *content);
      for (std::size_t i = 0; i < rows.size(); ++i) changes.remove(stored.rid, rows[i]);
    }
    changes.remove(stored.rid,
                   updated_row(stored.type, stored.updated, stored.deleted() ? kDeletedCode : kUpdatedCode));
    writer_.prepare("DELETE FROM resource WHERE rid = ?1").bind(1, stored.rid).run();
    Groups::forget(writer_, stored.rid);
    erasure_.give_up(stored.rid, stored.body);
    ++removed_;
    return {};
  }

  database::Connection& writer_;
  const std::size_t most_;
  std::size_t removed_ = 0;
  Erasure erasure_{writer_};
};

}  // namespace

Result<std::size_t> expunge(database::Database& database, const Expunge& request, std::size_t limit) {
  std::size_t all = 0;
  while (all < limit) {
    const std::size_t most = std::min(kAtOnce, limit - all);
    std::size_t removed = 0;
    YL_CHECK(database.write([&](database::Connection& writer) -> Result<void> {
      writer.flush_deferred();
      const SecureDelete secure(writer);
      YL_TRY(removed, Slice(writer, most).run(request));
      return {};
    }));
    all += removed;
    if (removed < most || request.version) break;
  }
  if (all == 0) return all;
  const auto forgotten = database.read([](database::Connection& reader) -> Result<void> {
    reader.deferred<Packs>().forget_kept(reader);
    return {};
  });
  // It is removed all the same; what is kept in memory goes when it is not asked for.
  if (!forgotten) log::warning("records", "expunged_texts_kept", {{"what", forgotten.error().line()}});
  database.erase_remains();
  return all;
}

}  // namespace yilian::records
