#include "engine/records/reindex.h"

#include <algorithm>

#include "engine/base/log.h"
#include "engine/records/custom/custom_parameters.h"
#include "engine/records/custom/indexing.h"
#include "engine/records/index/index.h"
#include "engine/records/index/key.h"
#include "engine/records/parameter_numbers.h"
#include "engine/records/stored.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

constexpr std::int64_t kAtOnce = 100;  // resources a task: some milliseconds for which other writers wait

// Rows beside those of the parameters came with the first of those that are added here.
constexpr std::uint32_t kWithoutBeside = 32;

void save(database::Connection& writer, const IndexState& state) {
  writer.prepare("UPDATE index_state SET through = ?1, done = ?2, last = ?3")
      .bind(1, state.through)
      .bind(2, state.done)
      .bind(3, state.last)
      .run();
}

// The rows of a resource as it is now that it may lack; all of them when nothing is known to be lacking. What it has
// already is said again, which changes nothing.
void add_rows(database::Connection& writer, std::int64_t rid, const IndexState& state) {
  const auto stored = stored_at(writer, rid);
  if (!stored || stored->deleted()) return;
  fhir::Arena arena;
  const auto content = content_of(writer, *stored, arena);
  // Who reads it is told the same; the others are not held up by it.
  if (!content) return log::error("records", "not_reindexed", {{"rid", rid}, {"what", content.error().line()}});
  const Plan& type = *plan(stored->type);
  const Rows rows = with_custom(writer, type, rows_of(type, **content), **content, Moment::after);
  auto& changes = writer.deferred<Index>().changes();
  const bool all = !lacks_some(state);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t number = parameter_of(rows[i]);
    if (all || is_lacking(state, number, (number & 1U) != 0)) changes.add_again(rid, rows[i]);
  }
}

// All that the index has of a resource; whether there is one.
Result<bool> add_all(database::Connection& writer, std::int64_t rid) {
  const auto stored = stored_at(writer, rid);
  if (!stored) return false;
  auto& index = writer.deferred<Index>();
  index.add_resource(writer, rid, resource_key(type_name(stored->type), unpack_id(stored->packed_id)));
  if (!stored->deleted()) {
    fhir::Arena arena;
    YL_TRY(const fhir::Json* content, content_of(writer, *stored, arena));
    const Plan& type = *plan(stored->type);
    const Rows rows = with_custom(writer, type, rows_of(type, *content), *content, Moment::after);
    for (std::size_t i = 0; i < rows.size(); ++i) index.changes().add(rid, rows[i]);
  }
  index.changes().add(rid, updated_row(stored->type, stored->updated, stored->deleted() ? kDeletedCode : kUpdatedCode));
  return true;
}

Result<void> go_on(database::Connection& writer) {
  IndexState state = index_state(writer);
  if (state.last < 0) state = {state.through, 0, last_rid(writer)};
  const std::int64_t end = std::min(state.last, state.done + kAtOnce);
  while (state.done < end) add_rows(writer, ++state.done, state);
  if (state.done >= state.last) state = {last_parameter_number(), 0, -1};
  save(writer, state);
  return {};
}

}  // namespace

bool IndexState::complete() const { return through >= last_parameter_number() && last < 0; }

int IndexState::percent() const { return last <= 0 ? 0 : static_cast<int>(done * 100 / last); }

IndexState index_state(database::Connection& connection) {
  if (!connection.is_writer()) return connection.deferred<CustomParameters>().index_state(connection);
  auto row = connection.prepare("SELECT through, done, last, twice FROM index_state");
  if (!row.step()) return kKnownFromTheStart;
  return {static_cast<std::uint32_t>(row.integer(0)), row.integer(1), row.integer(2), row.integer(3)};
}

bool lacks_some(const IndexState& state) { return state.through < last_parameter_number(); }

bool lacks_references(const IndexState& state) {
  for (std::uint32_t code = state.through + 1; code <= last_parameter_number(); ++code) {
    if (code != parameter_number("_text") && code != parameter_number("_content") && !holds_ends(code)) return true;
  }
  return false;
}

bool is_lacking(const IndexState& state, std::uint32_t row_number, bool beside) {
  if (!lacks_some(state)) return false;
  const std::uint32_t code = code_of(row_number);
  if (code >= kFirstCustom) return false;  // a client's: custom/indexing.h
  return (beside && state.through <= kWithoutBeside) || code > state.through;
}

void start_reindex(database::Connection& writer) {
  IndexState state = index_state(writer);
  if (state.last < 0) save(writer, {state.through, 0, last_rid(writer)});
  seek_parameters(writer);
}

std::vector<std::string_view> index_tables() { return {"index_change", "index_run", "index_piece"}; }

Result<std::int64_t> fill_index(database::Database& database) {
  std::int64_t count = 0, last = 0;
  YL_CHECK(database.write([&](database::Connection& writer) -> Result<void> {
    last = last_rid(writer);
    // What former programs' runs may say twice is gone with them.
    writer.prepare("UPDATE index_state SET twice = 0").run();
    return {};
  }));
  for (std::int64_t done = 0; done < last; done += kAtOnce) {
    std::int64_t added = 0;
    YL_CHECK(database.write([&](database::Connection& writer) -> Result<void> {
      added = 0;
      for (std::int64_t rid = done + 1; rid <= std::min(last, done + kAtOnce); ++rid) {
        YL_TRY(const bool there, add_all(writer, rid));
        added += there ? 1 : 0;
      }
      return {};
    }));
    count += added;
  }
  return count;
}

bool reindex_some(database::Database& database, const std::atomic<bool>& closing) {
  if (closing) return false;
  const Result<IndexState> read = database.read([](database::Connection& reader) -> Result<IndexState> { return index_state(reader); });
  if (!read) {
    if (read.error().code != Code::busy) log::error("records", "not_reindexed", {{"what", read.error().line()}});
    return false;
  }
  const IndexState& state = *read;
  if (state.complete() && state.through != kKnownFromTheStart.through) return index_custom_some(database, closing);
  const auto done = database.write_as_keeper(go_on);
  if (!done && done.error().code != Code::busy)
    log::error("records", "not_reindexed", {{"what", done.error().line()}});
  return done.has_value();
}

}  // namespace yilian::records
