#include "engine/records/custom/indexing.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "engine/base/log.h"
#include "engine/records/custom/compile.h"
#include "engine/records/custom/custom_parameters.h"
#include "engine/records/index/index.h"
#include "engine/records/index/index_cursor.h"
#include "engine/records/index/key.h"
#include "engine/records/stored.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

using State = CustomParameters::State;
using Entry = CustomParameters::Entry;

constexpr std::size_t kAtOnce = 100;  // resources a task: some milliseconds for which other writers wait…
constexpr std::chrono::milliseconds kLongest(20);  // …and where expressions are dear, fewer
constexpr std::size_t kFewTypes = 16;              // of more, all resources are gone through instead of the types' own

struct Pass {
  std::uint32_t number;
  std::int64_t done, last;
};

// Those that have come equally far go on together.
struct Portion {
  std::vector<std::uint32_t> numbers;
  std::int64_t done, through;
  std::vector<std::int64_t> rids;
};

std::vector<Pass> passes(database::Connection& connection) {
  std::vector<Pass> out;
  auto row = connection.prepare("SELECT number, done, last FROM search_parameter WHERE state = 0 OR state = 2");
  while (row.step()) out.push_back({static_cast<std::uint32_t>(row.integer(0)), row.integer(1), row.integer(2)});
  return out;
}

// The next resources of the type after `done`, as many as a portion has.
void add_of_type(database::Connection& reader, std::uint8_t type, std::int64_t done, std::vector<std::int64_t>& out) {
  std::string all = number_key(row_number(type, kEveryCode), 0);
  append_extra(all, 0);
  std::string low = all;
  append_block(low, (done + 1) / 64);
  std::size_t found = 0;
  for (IndexCursor at(reader, low, after_all(all)); at.there() && found < kAtOnce; at.next()) {
    for (std::uint64_t bits = at.bits().set; bits != 0; bits &= bits - 1) {
      const std::int64_t rid = block_of(at.key()) * 64 + __builtin_ctzll(bits);
      if (rid <= done) continue;
      out.push_back(rid);
      ++found;
    }
  }
}

void find_resources(database::Connection& reader, Portion& portion, std::int64_t end) {
  auto& custom = reader.deferred<CustomParameters>();
  std::vector<const fhir::Type*> types;
  for (const std::uint32_t number : portion.numbers) {
    const Entry* entry = custom.find(reader, number);
    if (entry == nullptr) continue;
    const auto more = entry->definition.types();
    types.insert(types.end(), more.begin(), more.end());
  }
  std::sort(types.begin(), types.end());
  types.erase(std::unique(types.begin(), types.end()), types.end());
  if (types.size() > kFewTypes) {
    for (std::int64_t rid = portion.done + 1; rid <= end && portion.rids.size() < kAtOnce; ++rid) portion.rids.push_back(rid);
  } else {
    for (const fhir::Type* type : types) add_of_type(reader, type->number, portion.done, portion.rids);
    std::sort(portion.rids.begin(), portion.rids.end());
    std::erase_if(portion.rids, [&](std::int64_t rid) { return rid > end; });
  }
  const bool more = portion.rids.size() > kAtOnce || (portion.rids.size() == kAtOnce && portion.rids.back() < end);
  if (portion.rids.size() > kAtOnce) portion.rids.resize(kAtOnce);
  portion.through = more ? portion.rids.back() : end;
}

std::optional<Portion> next_portion(database::Connection& reader) {
  const std::vector<Pass> all = passes(reader);
  if (all.empty()) return std::nullopt;
  Portion portion{{}, all.front().done, 0, {}};
  for (const Pass& pass : all) portion.done = std::min(portion.done, pass.done);
  // As far as the first of the others that are ahead, or the last resource of any.
  std::int64_t last = portion.done, ahead = -1;
  for (const Pass& pass : all) {
    if (pass.done == portion.done) {
      portion.numbers.push_back(pass.number);
      last = std::max(last, pass.last);
    } else if (ahead < 0 || pass.done < ahead) {
      ahead = pass.done;
    }
  }
  find_resources(reader, portion, ahead < 0 ? last : std::min(last, ahead));
  return portion;
}

// Adds or removes the rows of a resource as it is now. What is there, or gone, already changes nothing.
void change_rows(database::Connection& writer, std::int64_t rid, const std::vector<std::uint32_t>& numbers) {
  const auto stored = stored_at(writer, rid);
  if (!stored || stored->deleted()) return;
  const auto* custom = writer.deferred<CustomParameters>().of_type(writer, stored->type);
  if (custom == nullptr) return;
  const auto is_meant = [&](const Indexed& parameter) {
    return std::find(numbers.begin(), numbers.end(), code_of(parameter.failed) - 1) != numbers.end();
  };
  std::vector<const Indexed*> added, removed;
  for (const Indexed* parameter : custom->in_use) {
    if (is_meant(*parameter)) added.push_back(parameter);
  }
  for (const Indexed& parameter : custom->clearing) {
    if (is_meant(parameter)) removed.push_back(&parameter);
  }
  if (added.empty() && removed.empty()) return;
  fhir::Arena arena;
  const auto content = content_of(writer, *stored, arena);
  // Who reads it is told the same; the others are not held up by it.
  if (!content) return log::error("records", "not_reindexed", {{"rid", rid}, {"what", content.error().line()}});
  auto& changes = writer.deferred<Index>().changes();
  const Rows more = rows_of(added, **content), less = rows_of(removed, **content);
  for (std::size_t i = 0; i < more.size(); ++i) changes.add_again(rid, more[i]);
  for (std::size_t i = 0; i < less.size(); ++i) changes.remove(rid, less[i]);
}

// Adds or removes as long as others may wait for it; how far it came.
std::int64_t change_some(database::Connection& writer, const Portion& portion, const std::vector<std::uint32_t>& numbers) {
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < portion.rids.size(); ++i) {
    change_rows(writer, portion.rids[i], numbers);
    if (i + 1 < portion.rids.size() && std::chrono::steady_clock::now() - begin > kLongest) return portion.rids[i];
  }
  return portion.through;
}

Result<void> do_portion(database::Connection& writer, const Portion& portion) {
  // What became of them since they were read: one that was retired meanwhile begins anew.
  std::vector<Pass> still;
  for (const Pass& pass : passes(writer)) {
    const bool meant = std::find(portion.numbers.begin(), portion.numbers.end(), pass.number) != portion.numbers.end();
    if (meant && pass.done == portion.done) still.push_back(pass);
  }
  std::vector<std::uint32_t> numbers;
  for (const Pass& pass : still) numbers.push_back(pass.number);
  if (numbers.empty()) return {};
  const std::int64_t through = change_some(writer, portion, numbers);
  bool changed = false;
  for (const Pass& pass : still) {
    const bool ends = through >= pass.last;
    // 0 becomes 1, 2 becomes 3.
    writer.prepare("UPDATE search_parameter SET done = ?2, state = state + ?3 WHERE number = ?1")
        .bind(1, static_cast<std::int64_t>(pass.number))
        .bind(2, through)
        .bind(3, static_cast<std::int64_t>(ends ? 1 : 0))
        .run();
    changed = changed || ends;
  }
  if (!changed) return {};
  // The greatest says which numbers were given.
  writer.prepare("DELETE FROM search_parameter WHERE state = 3 AND number < (SELECT max(number) FROM search_parameter)")
      .run();
  set_changed(writer);
  return {};
}

// The next SearchParameters that are to be looked at; those before them were.
struct Sought {
  std::int64_t after;
  std::vector<std::int64_t> rids;
};

std::optional<Sought> next_sought(database::Connection& reader) {
  Sought out{-1, {}};
  {
    auto row = reader.prepare("SELECT sought FROM index_state");
    if (row.step()) out.after = row.integer(0);
  }
  if (out.after < 0) return std::nullopt;
  add_of_type(reader, type_number("SearchParameter"), out.after, out.rids);
  return out;
}

void set_sought(database::Connection& writer, std::int64_t through) {
  writer.prepare("UPDATE index_state SET sought = ?1").bind(1, through).run();
}

Result<void> note_sought(database::Connection& writer, const Sought& sought) {
  for (const std::int64_t rid : sought.rids) {
    const auto stored = stored_at(writer, rid);
    if (!stored || stored->deleted()) continue;
    const std::string id = unpack_id(stored->packed_id);
    const auto body = read_body(writer, *stored);
    Result<void> noted = body ? note_search_parameter(writer, *plan(stored->type), id, body->text) : Failure(body.error());
    if (!noted) log::warning("records", "search_parameter_not_indexed", {{"id", id}, {"what", noted.error().line()}});
  }
  set_sought(writer, sought.rids.empty() ? -1 : sought.rids.back());
  return {};
}

// Whether it was done; false: it is tried again at the next upkeep.
template <class T>
bool went_well(const Result<T>& done) {
  if (!done && done.error().code != Code::busy) log::error("records", "not_reindexed", {{"what", done.error().line()}});
  return done.has_value();
}

}  // namespace

void seek_parameters(database::Connection& writer) { set_sought(writer, 0); }

bool index_custom_some(database::Database& database, const std::atomic<bool>& closing) {
  if (closing) return false;
  const auto sought =
      database.read([](database::Connection& reader) -> Result<std::optional<Sought>> { return next_sought(reader); });
  if (!went_well(sought)) return false;
  if (*sought) {
    return went_well(
        database.write_as_keeper([&](database::Connection& writer) { return note_sought(writer, **sought); }));
  }
  const auto portion =
      database.read([](database::Connection& reader) -> Result<std::optional<Portion>> { return next_portion(reader); });
  if (!went_well(portion) || !*portion) return false;
  return went_well(database.write_as_keeper([&](database::Connection& writer) { return do_portion(writer, **portion); }));
}

}  // namespace yilian::records
