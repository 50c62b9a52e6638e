#include "engine/records/stored.h"

#include <algorithm>

#include "engine/records/custom/custom_parameters.h"
#include "engine/records/group.h"
#include "engine/records/index/index.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

void archive(database::Connection& writer, const Stored& before) {
  auto statement = writer.prepare("INSERT INTO resource_history VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
  statement.bind(1, before.rid).bind(2, before.version).bind(3, before.type).bind(4, before.updated);
  statement.bind(5, static_cast<std::int64_t>(before.method))
      .bind(6, before.message)
      .bind(7, before.body.number)
      .bind(8, before.body.start)
      .bind(9, before.body.bytes);
  statement.run();
}

// Over the row that is there, or over its head in a group.
void write(database::Connection& writer, const Stored& now) {
  auto statement = writer.prepare(
      "INSERT INTO resource VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT(rid) DO UPDATE "
      "SET type = excluded.type, id = excluded.id, version = excluded.version, updated = excluded.updated, "
      "method = excluded.method, message = excluded.message, happened = excluded.happened, "
      "content = excluded.content, clock = excluded.clock, body = excluded.body, start = excluded.start, "
      "bytes = excluded.bytes");
  statement.bind(1, now.rid)
      .bind(2, now.type)
      .bind_blob(3, now.packed_id)
      .bind(4, now.version)
      .bind(5, now.updated)
      .bind(6, static_cast<std::int64_t>(now.method))
      .bind(7, now.message);
  if (now.happened) {
    statement.bind(8, *now.happened);
  } else {
    statement.bind_null(8);
  }
  statement.bind(9, now.content)
      .bind_blob(10, now.clock)
      .bind(11, now.body.number)
      .bind(12, now.body.start)
      .bind(13, now.body.bytes);
  statement.run();
}

// From one version to the next: only what differs.
void change(Changes& changes, std::int64_t rid, const Rows& before, const Rows& after) {
  std::size_t old = 0, fresh = 0;
  while (old < before.size() || fresh < after.size()) {
    if (fresh == after.size() || (old < before.size() && before[old] < after[fresh])) {
      changes.remove(rid, before[old++]);
    } else if (old == before.size() || after[fresh] < before[old]) {
      changes.add(rid, after[fresh++]);
    } else {
      ++old;
      ++fresh;
    }
  }
}

}  // namespace

std::string_view method_name(Method method) {
  switch (method) {
    case Method::put:
      return "PUT";
    case Method::post:
      return "POST";
    case Method::remove:
      return "DELETE";
  }
  return {};
}

Stored stored_in(const database::Statement& row, std::int64_t rid) {
  return {rid,
          static_cast<std::uint8_t>(row.integer(0)),
          std::string(row.blob(1)),
          row.integer(2),
          row.integer(3),
          static_cast<Method>(row.integer(4)),
          row.integer(5),
          row.null(6) ? std::nullopt : std::optional(row.integer(6)),
          row.integer(7),
          std::string(row.blob(8)),
          {row.integer(9), row.integer(10), row.integer(11)}};
}

std::optional<Stored> stored_at(database::Connection& connection, std::int64_t rid) {
  auto row = connection.prepare(
      "SELECT type, id, version, updated, method, message, happened, content, clock, body, start, bytes FROM resource "
      "WHERE rid = ?1");
  std::optional<database::Statement> group;
  if (row.bind(1, rid).ask()) {
    group.emplace(Groups::row_of(connection, rid));
    group->ask();
  }
  if (row.step()) return stored_in(row, rid);
  if (group) return connection.deferred<Groups>().find(*group, rid);
  return connection.deferred<Groups>().find(connection, rid);
}

std::optional<Stored> find(database::Connection& connection, const Plan& plan, std::string_view packed_id,
                           std::int64_t key) {
  for (const std::int64_t rid : connection.deferred<Index>().resources_of(connection, key)) {
    auto stored = stored_at(connection, rid);
    if (stored && stored->type == plan.type && stored->packed_id == packed_id) return stored;
  }
  return std::nullopt;
}

std::int64_t last_rid(database::Connection& connection) {
  auto row = connection.prepare("SELECT max(rid) FROM resource");
  return std::max(row.step() ? row.integer(0) : 0, Groups::last(connection));
}

Result<void> insert(database::Connection& writer, const NewVersion& fresh) {
  const Prepared& resource = *fresh.resource;
  YL_CHECK(note_search_parameter(writer, *resource.plan, resource.id, resource.body));
  YL_TRY(const auto more, rows_after(writer, *resource.plan, resource.rows, resource.body));
  const Rows& rows = more ? *more : resource.rows;
  const std::int64_t body = writer.deferred<Packs>().number_of(writer, resource.pack);
  const std::int64_t rid = writer.deferred<Groups>().add(writer, fresh, body);
  auto& index = writer.deferred<Index>();
  index.add_resource(writer, rid, resource.key);
  for (std::size_t i = 0; i < rows.size(); ++i) index.changes().add(rid, rows[i]);
  index.changes().add(rid, updated_row(resource.plan->type, fresh.updated));
  return {};
}

Result<void> replace(database::Connection& writer, const Stored& before, const Rows& rows_before,
                     const NewVersion& fresh) {
  const Prepared& resource = *fresh.resource;
  YL_CHECK(note_search_parameter(writer, *resource.plan, resource.id, resource.body));
  YL_TRY(const auto more, rows_after(writer, *resource.plan, resource.rows, resource.body));
  archive(writer, before);
  Stored after = before;
  after.version = fresh.version;
  after.updated = fresh.updated;
  after.method = fresh.method;
  after.message = fresh.message;
  after.happened = resource.happened;
  after.content = resource.content;
  after.clock = fresh.clock;
  after.body = {writer.deferred<Packs>().number_of(writer, resource.pack), resource.start,
                static_cast<std::int64_t>(resource.body.size())};
  write(writer, after);
  auto& changes = writer.deferred<Index>().changes();
  change(changes, before.rid, rows_before, more ? *more : resource.rows);
  changes.remove(before.rid,
                 updated_row(before.type, before.updated, before.deleted() ? kDeletedCode : kUpdatedCode));
  changes.add(before.rid, updated_row(before.type, fresh.updated));
  return {};
}

Result<void> mark_deleted(database::Connection& writer, const Stored& before, const Rows& rows_before, Instant now,
                          std::string_view clock) {
  YL_CHECK(note_search_parameter(writer, *plan(before.type), unpack_id(before.packed_id), std::nullopt));
  archive(writer, before);
  write(writer, {before.rid, before.type, before.packed_id, before.version + 1, now, Method::remove, 0, std::nullopt, 0,
                 std::string(clock), {}});
  auto& changes = writer.deferred<Index>().changes();
  change(changes, before.rid, rows_before, {});
  changes.remove(before.rid, updated_row(before.type, before.updated));
  changes.add(before.rid, updated_row(before.type, now, kDeletedCode));
  return {};
}

void set_clock(database::Connection& writer, Stored stored, std::string_view clock) {
  stored.clock = clock;
  write(writer, stored);
}

Result<void> reword(database::Connection& writer, const Stored& before, const Rows& rows_before, const Prepared& fresh) {
  YL_CHECK(note_search_parameter(writer, *fresh.plan, fresh.id, fresh.body));
  YL_TRY(const auto more, rows_after(writer, *fresh.plan, fresh.rows, fresh.body));
  Stored after = before;
  after.happened = fresh.happened;
  after.content = fresh.content;
  after.body = {writer.deferred<Packs>().number_of(writer, fresh.pack), fresh.start,
                static_cast<std::int64_t>(fresh.body.size())};
  write(writer, after);
  change(writer.deferred<Index>().changes(), before.rid, rows_before, more ? *more : fresh.rows);
  return {};
}

Result<BodyText> read_body(database::Connection& connection, const Stored& stored) {
  YL_TRY(BodyText body, connection.deferred<Packs>().read(connection, stored.body));
  YL_CHECK(check_body(stored, body));
  return body;
}

// A row that says another number than was written leads to another patient's text, and that is whole.
Result<void> check_body(const Stored& stored, const BodyText& body) {
  if (body.text.starts_with(' '))  // see Erasure: this reader began before it
    return fail(Code::busy, "the text of a version was removed while it was read", "records", "Try again");
  if (stored.content == 0 || stored.content == hash(body.text)) return {};
  return fail(Code::storage, "the body of a version is not the one that was written", "records",
              "Check the disk, restore the database from its backup");
}

Result<const fhir::Json*> content_of(database::Connection& connection, const Stored& stored, fhir::Arena& arena) {
  YL_TRY(const BodyText body, read_body(connection, stored));
  return content_of(body, arena);
}

Result<const fhir::Json*> content_of(const BodyText& body, fhir::Arena& arena) {
  auto read = fhir::read_json(body.text, arena, {.depth = fhir::kDeepest, .bytes = body.text.size()});
  if (!read) return fail(Code::storage, "a stored resource cannot be read: " + read.error().line(), "records");
  return *read;
}

}  // namespace yilian::records
