#include "engine/records/stored.h"

#include <algorithm>

#include "engine/records/index/index.h"

namespace yilian::records {
namespace {

void archive(database::Connection& writer, const Plan& plan, const Stored& before) {
  auto statement = writer.prepare("INSERT INTO resource_history VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
  statement.bind(1, before.rid).bind(2, before.version).bind(3, plan.type).bind(4, before.updated);
  statement.bind(5, static_cast<std::int64_t>(before.method))
      .bind(6, before.message)
      .bind(7, before.body.number)
      .bind(8, before.body.start)
      .bind(9, before.body.bytes);
  statement.run();
}

void bind_happened(database::Statement& statement, int index, const std::optional<std::int64_t>& happened) {
  if (happened) {
    statement.bind(index, *happened);
  } else {
    statement.bind_null(index);
  }
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

std::optional<Stored> find(database::Connection& connection, const Plan& plan, std::string_view packed_id,
                           std::int64_t key) {
  const std::vector<std::int64_t> candidates = connection.deferred<Index>().resources_of(connection, key);
  if (candidates.empty()) return std::nullopt;
  auto row = connection.prepare(
      "SELECT type, id, version, updated, method, message, content, clock, body, start, bytes FROM resource "
      "WHERE rid = ?1");
  for (const std::int64_t rid : candidates) {
    row.reset();
    row.bind(1, rid);
    if (!row.step() || row.integer(0) != plan.type || row.blob(1) != packed_id) continue;
    return Stored{rid,
                  row.integer(2),
                  row.integer(3),
                  static_cast<Method>(row.integer(4)),
                  row.integer(5),
                  row.integer(6),
                  std::string(row.blob(7)),
                  {row.integer(8), row.integer(9), row.integer(10)}};
  }
  return std::nullopt;
}

void insert(database::Connection& writer, const NewVersion& fresh) {
  const Prepared& resource = *fresh.resource;
  const std::int64_t body = writer.deferred<Packs>().number_of(writer, resource.pack);
  {
    auto statement =
        writer.prepare("INSERT INTO resource VALUES(NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
    statement.bind(1, resource.plan->type)
        .bind_blob(2, resource.packed_id)
        .bind(3, fresh.version)
        .bind(4, fresh.updated)
        .bind(5, static_cast<std::int64_t>(fresh.method))
        .bind(6, fresh.message);
    bind_happened(statement, 7, resource.happened);
    statement.bind(8, resource.content)
        .bind_blob(9, fresh.clock)
        .bind(10, body)
        .bind(11, resource.start)
        .bind(12, static_cast<std::int64_t>(resource.body.size()));
    statement.run();
  }
  const std::int64_t rid = writer.last_row();
  auto& index = writer.deferred<Index>();
  index.add_resource(rid, resource.key);
  for (std::size_t i = 0; i < resource.rows.size(); ++i) index.changes().add(rid, resource.rows[i]);
  index.changes().add(rid, updated_row(resource.plan->type, fresh.updated));
}

void replace(database::Connection& writer, const Stored& before, const Rows& rows_before,
             const NewVersion& fresh) {
  const Prepared& resource = *fresh.resource;
  archive(writer, *resource.plan, before);
  const std::int64_t body = writer.deferred<Packs>().number_of(writer, resource.pack);
  {
    auto statement = writer.prepare(
        "UPDATE resource SET version = ?2, updated = ?3, method = ?4, message = ?5, happened = ?6, content = ?7, clock "
        "= ?8, body = ?9, start = ?10, bytes = ?11 "
        "WHERE rid = ?1");
    statement.bind(1, before.rid)
        .bind(2, fresh.version)
        .bind(3, fresh.updated)
        .bind(4, static_cast<std::int64_t>(fresh.method))
        .bind(5, fresh.message);
    bind_happened(statement, 6, resource.happened);
    statement.bind(7, resource.content)
        .bind_blob(8, fresh.clock)
        .bind(9, body)
        .bind(10, resource.start)
        .bind(11, static_cast<std::int64_t>(resource.body.size()));
    statement.run();
  }
  auto& changes = writer.deferred<Index>().changes();
  change(changes, before.rid, rows_before, resource.rows);
  changes.remove(before.rid,
                 updated_row(resource.plan->type, before.updated, before.deleted() ? kDeletedCode : kUpdatedCode));
  changes.add(before.rid, updated_row(resource.plan->type, fresh.updated));
}

void mark_deleted(database::Connection& writer, const Plan& plan, const Stored& before,
                  const Rows& rows_before, Instant now, std::string_view clock) {
  archive(writer, plan, before);
  {
    auto statement = writer.prepare(
        "UPDATE resource SET version = ?2, updated = ?3, method = 3, message = 0, happened = NULL, content = 0, clock "
        "= ?4, body = 0, start = 0, bytes = 0 "
        "WHERE rid = ?1");
    statement.bind(1, before.rid).bind(2, before.version + 1).bind(3, now).bind_blob(4, clock).run();
  }
  auto& changes = writer.deferred<Index>().changes();
  change(changes, before.rid, rows_before, {});
  changes.remove(before.rid, updated_row(plan.type, before.updated));
  changes.add(before.rid, updated_row(plan.type, now, kDeletedCode));
}

void set_clock(database::Connection& writer, std::int64_t rid, std::string_view clock) {
  writer.prepare("UPDATE resource SET clock = ?2 WHERE rid = ?1").bind(1, rid).bind_blob(2, clock).run();
}

Result<const fhir::Json*> content_of(database::Connection& connection, const BodyPlace& body, fhir::Arena& arena) {
  YL_TRY(const std::string text, connection.deferred<Packs>().read(connection, body));
  auto read = fhir::read_json(text, arena, {.depth = fhir::kDeepest, .bytes = text.size()});
  if (!read) return fail(Code::storage, "a stored resource cannot be read: " + read.error().line(), "records");
  return *read;
}

}  // namespace yilian::records
