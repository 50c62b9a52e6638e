#include "engine/records/stored.h"

#include <algorithm>

#include "engine/records/body.h"
#include "engine/records/pending_rows.h"

namespace yilian::records {
namespace {

void archive(database::Connection& writer, const Plan& plan, const Stored& before) {
  auto statement = writer.prepare("INSERT INTO resource_history VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  statement.bind(1, before.rid).bind(2, before.version).bind(3, plan.type).bind(4, before.updated);
  statement.bind(5, static_cast<std::int64_t>(before.method))
      .bind(6, before.message)
      .bind(7, before.dictionary)
      .bind_blob(8, before.packed);
  statement.run();
}

void bind_happened(database::Statement& statement, int index, const std::optional<std::int64_t>& happened) {
  if (happened) {
    statement.bind(index, *happened);
  } else {
    statement.bind_null(index);
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
                           std::int64_t key, bool with_body) {
  auto row = connection.prepare(
      "SELECT rid, type, id, version, updated, method, message, content, clock, dictionary, CASE WHEN ?2 THEN body END "
      "FROM resource WHERE key = ?1");
  row.bind(1, key).bind(2, with_body ? 1 : 0);
  while (row.step()) {
    if (row.integer(1) != plan.type || row.blob(2) != packed_id) continue;
    return Stored{
        row.integer(0),           row.integer(3), row.integer(4),           static_cast<Method>(row.integer(5)),
        row.integer(6),           row.integer(7), std::string(row.blob(8)), row.integer(9),
        std::string(row.blob(10))};
  }
  return std::nullopt;
}

void load_body(database::Connection& connection, Stored& stored) {
  auto row = connection.prepare("SELECT body FROM resource WHERE rid = ?1");
  row.bind(1, stored.rid);
  if (row.step()) stored.packed = row.blob(0);
}

void insert(database::Connection& writer, const NewVersion& fresh) {
  const Prepared& resource = *fresh.resource;
  {
    auto statement =
        writer.prepare("INSERT INTO resource VALUES(NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
    statement.bind(1, resource.key)
        .bind(2, resource.plan->type)
        .bind_blob(3, resource.packed_id)
        .bind(4, fresh.version)
        .bind(5, fresh.updated);
    statement.bind(6, static_cast<std::int64_t>(fresh.method))
        .bind(7, fresh.message)
        .bind(9, resource.content)
        .bind_blob(10, fresh.clock);
    bind_happened(statement, 8, resource.happened);
    statement.bind(11, kDictionary).bind_blob(12, resource.packed);
    statement.run();
  }
  const std::int64_t rid = writer.last_row();
  auto& pending = writer.deferred<PendingRows>();
  for (const Row& row : resource.rows) pending.add(rid, row);
  pending.add(rid, updated_row(resource.plan->type, fresh.updated));
}

void replace(database::Connection& writer, const Stored& before, const std::vector<Row>& rows_before,
             const NewVersion& fresh) {
  const Prepared& resource = *fresh.resource;
  archive(writer, *resource.plan, before);
  {
    auto statement = writer.prepare(
        "UPDATE resource SET version = ?2, updated = ?3, method = ?4, message = ?5, happened = ?6, content = ?7, clock "
        "= ?8, dictionary = ?9, body = ?10 "
        "WHERE rid = ?1");
    statement.bind(1, before.rid)
        .bind(2, fresh.version)
        .bind(3, fresh.updated)
        .bind(4, static_cast<std::int64_t>(fresh.method))
        .bind(5, fresh.message);
    bind_happened(statement, 6, resource.happened);
    statement.bind(7, resource.content).bind_blob(8, fresh.clock).bind(9, kDictionary).bind_blob(10, resource.packed);
    statement.run();
  }
  auto& pending = writer.deferred<PendingRows>();
  pending.change(before.rid, rows_before, resource.rows);
  pending.remove(before.rid,
                 updated_row(resource.plan->type, before.updated, before.deleted() ? kDeletedCode : kUpdatedCode));
  pending.add(before.rid, updated_row(resource.plan->type, fresh.updated));
}

void mark_deleted(database::Connection& writer, const Plan& plan, const Stored& before,
                  const std::vector<Row>& rows_before, Instant now, std::string_view clock) {
  archive(writer, plan, before);
  {
    auto statement = writer.prepare(
        "UPDATE resource SET version = ?2, updated = ?3, method = 3, message = 0, happened = NULL, content = 0, clock "
        "= ?4, dictionary = 0, body = x'' "
        "WHERE rid = ?1");
    statement.bind(1, before.rid).bind(2, before.version + 1).bind(3, now).bind_blob(4, clock).run();
  }
  auto& pending = writer.deferred<PendingRows>();
  pending.change(before.rid, rows_before, {});
  pending.remove(before.rid, updated_row(plan.type, before.updated));
  pending.add(before.rid, updated_row(plan.type, now, kDeletedCode));
}

void set_clock(database::Connection& writer, std::int64_t rid, std::string_view clock) {
  writer.prepare("UPDATE resource SET clock = ?2 WHERE rid = ?1").bind(1, rid).bind_blob(2, clock).run();
}

Result<const fhir::Json*> content_of(const Stored& stored, fhir::Arena& arena) {
  YL_TRY(const std::string body, decompress(stored.packed, stored.dictionary));
  auto read = fhir::read_json(body, arena, {.depth = fhir::kDeepest, .bytes = body.size()});
  if (!read) return fail(Code::storage, "a stored resource cannot be read: " + read.error().line(), "records");
  return *read;
}

}  // namespace yilian::records
