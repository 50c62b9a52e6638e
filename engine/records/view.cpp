#include "engine/records/view.h"

#include <algorithm>

#include "engine/records/index/key.h"
#include "engine/records/reindex.h"
#include "engine/records/search/joins.h"
#include "engine/records/search/scan.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

// In so few blocks of the index rows are looked up one by one; for more, or for so many resources one after the other, all
// rows that a rule is about are read.
constexpr std::size_t kFewBlocks = 64;
constexpr int kFewAlone = 16;

// The newest version before this one that is no deletion.
std::optional<Stored> living_before(database::Connection& reader, const Stored& version) {
  auto row = reader.prepare(
      "SELECT version, updated, method, message, body, start, bytes FROM resource_history WHERE rid = ?1 AND version < "
      "?2 AND method <> 3 ORDER BY version DESC LIMIT 1");
  row.bind(1, version.rid).bind(2, version.version);
  if (!row.step()) return std::nullopt;
  Stored out = version;
  out.version = row.integer(0);
  out.updated = row.integer(1);
  out.method = static_cast<Method>(row.integer(2));
  out.message = row.integer(3);
  out.content = 0;
  out.body = {row.integer(4), row.integer(5), row.integer(6)};
  return out;
}

// Whether nothing but ranges of keys is asked, which can be looked up for some resources alone.
bool is_by_keys(const ScopeRules& rules) {
  const auto by_keys = [](const ScopeRows& rows) { return !rows.itself && rows.to_named.empty() && rows.to_patients.empty(); };
  return std::ranges::all_of(rules.all_of, [&](const ScopeRule& rule) {
    return by_keys(rule.any_of) && (!rule.none_of || by_keys(*rule.none_of));
  });
}

}  // namespace

void View::Seen::cut(Bitmap& set) const {
  if (only) set.intersect(*only);
  if (!hidden.empty()) set.subtract(hidden);
}

std::uint64_t View::Seen::bits_of(std::int64_t block) const {
  return (only ? only->bits_of(block) : ~std::uint64_t{0}) & ~hidden.bits_of(block);
}

const ScopeRules& View::rules(const Plan& plan) {
  const auto at = rules_.find(plan.type);
  return at != rules_.end() ? at->second : rules_.emplace(plan.type, rules_of(scope_, plan)).first->second;
}

Result<const View::Seen*> View::of(const Plan& plan) {
  if (const auto at = seen_.find(plan.type); at != seen_.end()) return &at->second;
  const ScopeRules& of_type = rules(plan);
  YL_CHECK(refuse_lacking(of_type));
  return &seen_.emplace(plan.type, look_up(plan, of_type, nullptr)).first->second;
}

// Rows that are added yet would be missed, and with them what they hide.
Result<void> View::refuse_lacking(const ScopeRules& rules) {
  if (rules.all_of.empty()) return {};
  const IndexState state = index_state(reader_);
  if (state.complete()) return {};
  const auto numbers = numbers_of(rules);
  if (std::ranges::none_of(numbers, [&](std::uint32_t number) { return is_lacking(state, number, false); })) return {};
  return fail(Code::busy, "the index is being made ready for what you may see, " + std::to_string(state.percent()) +
                              " % are done",
              {}, "Ask again in some minutes");
}

Bitmap View::with_rows(const Plan& plan, const ScopeRows& rows, const Bitmap* within) {
  Bitmap out;
  if (rows.itself) {
    Bitmap named = resources_with(reader_, scope_.patient_keys());
    named.intersect(scan_type(reader_, plan.type));  // of many it has the deleted ones too
    out.unite(named);
  }
  for (const std::uint32_t number : rows.to_named) out.unite(with_keys(reader_, number, scope_.patient_keys()));
  for (const std::uint32_t number : rows.to_patients)
    out.unite(scan(reader_, {parameter_key(number), parameter_key(number + 1), is_to_patient}));
  Bitmap by_key;
  for (const std::string& begin : rows.beginning) {
    if (within != nullptr) {
      probe_into(reader_, all_of(begin), *within, by_key);
    } else {
      scan_into(reader_, all_of(begin), by_key);
    }
  }
  by_key.finish();
  out.unite(by_key);
  return out;
}

View::Seen View::look_up(const Plan& plan, const ScopeRules& rules, const Bitmap* within) {
  Seen out;
  if (rules.nothing) out.only.emplace();
  for (const ScopeRule& rule : rules.all_of) {
    // What a rule before this one has left is all that is asked for: a patient's resources, say, before a hospital's.
    if (within == nullptr && out.only && out.only->blocks().size() <= kFewBlocks) within = &*out.only;
    Bitmap wanted = with_rows(plan, rule.any_of, within);
    if (rule.none_of) {
      Bitmap unwanted = with_rows(plan, *rule.none_of, within);
      unwanted.subtract(wanted);
      out.hidden.unite(unwanted);
    } else if (out.only) {
      out.only->intersect(wanted);
    } else {
      out.only = std::move(wanted);
    }
  }
  return out;
}

Result<void> View::cut(Bitmap& set, const Plan& plan) {
  if (is_all() || set.empty()) return {};
  if (!seen_.contains(plan.type) && set.blocks().size() <= kFewBlocks && is_by_keys(rules(plan))) {
    YL_CHECK(refuse_lacking(rules(plan)));
    const Bitmap within = set;
    look_up(plan, rules(plan), &within).cut(set);
    return {};
  }
  YL_TRY(const Seen* seen, of(plan));
  seen->cut(set);
  return {};
}

Result<bool> View::contains(const Stored& stored) {
  if (stored.deleted()) return false;
  if (is_all()) return true;
  const Plan& type = *plan(stored.type);
  if (++asked_alone_[type.type] <= kFewAlone) {
    Bitmap alone;
    alone.add(stored.rid);
    alone.finish();
    YL_CHECK(cut(alone, type));
    return !alone.empty();
  }
  YL_TRY(const Seen* seen, of(type));
  return seen->contains(stored.rid);
}

bool View::shows(const Plan& plan, const Rows& rows, std::int64_t key) {
  return is_all() || is_seen(rules(plan), scope_, rows, key);
}

Result<bool> View::shows_body(const Stored& version) {
  const Plan& of = *plan(version.type);
  const ScopeRules& wanted = rules(of);
  if (!wanted.look()) return true;
  if (wanted.nothing) return false;
  fhir::Arena arena;
  YL_TRY(const fhir::Json* content, content_of(reader_, version, arena));
  return is_seen(wanted, scope_, rows_without_words(of, *content), resource_key(of.name, unpack_id(version.packed_id)));
}

Result<bool> View::shows(const Stored& version) {
  if (is_all()) return true;
  if (!version.deleted()) return shows_body(version);
  const auto living = living_before(reader_, version);
  if (!living) return false;
  return shows_body(*living);
}

}  // namespace yilian::records
