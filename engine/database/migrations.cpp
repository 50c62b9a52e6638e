#include "engine/database/migrations.h"

#include <map>

namespace yilian::database {
namespace {

constexpr std::int64_t kApplicationId = 0x594C4E31;  // "YLN1", in the file's header: SQLite's PRAGMA application_id

std::int64_t pragma(Connection& connection, std::string_view sql) {
  Statement statement = connection.prepare(sql);
  return statement.step() ? statement.integer(0) : 0;
}

Result<void> apply(Connection& writer, const std::string& path, const Schema& part, std::int64_t have) {
  std::int64_t newest = 0;
  for (const Migration& migration : part.migrations) newest = std::max<std::int64_t>(newest, migration.version);
  if (have > newest) {
    return fail(Code::bad_config,
                "a newer program wrote it (part '" + std::string(part.part) + "' has version " + std::to_string(have) +
                    ", this one knows " + std::to_string(newest) + ")",
                path, "Start the newer program, or restore a backup from before it");
  }
  if (have != 0 && !part.migrations.empty() && have + 1 < part.migrations.front().version) {
    return fail(Code::bad_config,
                "a program from before the first release wrote it (part '" + std::string(part.part) + "' has version " +
                    std::to_string(have) + "), and its layout is not carried on",
                path, "Name another data folder, and send the messages again");
  }
  for (const Migration& migration : part.migrations) {
    if (migration.version <= have) continue;
    writer.execute(migration.sql);
    writer.prepare("INSERT INTO schema_part(part, version) VALUES(?1, ?2) ON CONFLICT(part) DO UPDATE SET version = ?2")
        .bind(1, part.part)
        .bind(2, migration.version)
        .run();
  }
  return {};
}

}  // namespace

Result<void> migrate(Connection& writer, const std::string& path, const std::vector<Schema>& schema) {
  writer.execute("BEGIN IMMEDIATE");
  const std::int64_t application = pragma(writer, "PRAGMA application_id");
  if (application != kApplicationId) {
    if (application != 0 || pragma(writer, "SELECT count(*) FROM sqlite_schema") != 0) {
      writer.execute("ROLLBACK");
      return fail(Code::bad_config, "it is a database of another program", path, "Name another data folder");
    }
    writer.execute("PRAGMA application_id=" + std::to_string(kApplicationId));
    writer.execute("CREATE TABLE schema_part(part TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID");
  }
  std::map<std::string, std::int64_t, std::less<>> have;
  for (Statement rows = writer.prepare("SELECT part, version FROM schema_part"); rows.step();)
    have[std::string(rows.text(0))] = rows.integer(1);
  for (const Schema& part : schema) {
    const auto found = have.find(part.part);
    if (auto applied = apply(writer, path, part, found == have.end() ? 0 : found->second); !applied) {
      writer.execute("ROLLBACK");
      return applied;
    }
  }
  writer.execute("COMMIT");
  return {};
}

}  // namespace yilian::database
