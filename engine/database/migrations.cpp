#include <algorithm>

#include "engine/database/driver.h"

namespace yilian::database {
namespace {

Result<void> apply(Connection& writer, const std::string& place, const Schema& part,
                   const std::vector<Migration>& migrations, std::int64_t have) {
  std::int64_t newest = 0;
  for (const Migration& migration : migrations) newest = std::max<std::int64_t>(newest, migration.version);
  if (have > newest) {
    return fail(Code::bad_config,
                "a newer program wrote it (part '" + std::string(part.part) + "' has version " + std::to_string(have) +
                    ", this one knows " + std::to_string(newest) + ")",
                place, "Start the newer program, or restore a backup from before it");
  }
  if (have != 0 && !migrations.empty() && have + 1 < migrations.front().version) {
    return fail(Code::bad_config,
                "a program from before the first release wrote it (part '" + std::string(part.part) + "' has version " +
                    std::to_string(have) + "), and its layout is not carried on",
                place, "Name another data folder, and send the messages again");
  }
  for (const Migration& migration : migrations) {
    if (migration.version <= have) continue;
    writer.execute(migration.sql);
    writer.prepare("INSERT INTO schema_part(part, version) VALUES(?1, ?2) ON CONFLICT(part) DO UPDATE SET version = excluded.version")
        .bind(1, part.part)
        .bind(2, migration.version)
        .run();
  }
  return {};
}

}  // namespace

std::vector<PartVersion> versions_of(Connection& writer, const std::vector<Schema>& schema,
                                     std::vector<Migration> Schema::*migrations) {
  std::vector<PartVersion> out;
  for (const Schema& part : schema) {
    const auto& known = part.*migrations;
    out.push_back({std::string(part.part), 0, known.empty() ? 0 : known.back().version});
  }
  for (Statement rows = writer.prepare("SELECT part, version FROM schema_part"); rows.step();) {
    for (PartVersion& version : out) {
      if (version.part == rows.text(0)) version.stored = rows.integer(1);
    }
  }
  return out;
}

bool is_up_to_date(Connection& writer, const std::vector<Schema>& schema, std::vector<Migration> Schema::*migrations) {
  const auto versions = versions_of(writer, schema, migrations);
  return std::all_of(versions.begin(), versions.end(),
                     [](const PartVersion& version) { return version.stored == version.needed; });
}

Result<void> apply_migrations(Connection& writer, const std::string& place, const std::vector<Schema>& schema,
                              std::vector<Migration> Schema::*migrations) {
  const auto versions = versions_of(writer, schema, migrations);
  for (std::size_t i = 0; i < schema.size(); ++i)
    YL_CHECK(apply(writer, place, schema[i], schema[i].*migrations, versions[i].stored));
  return {};
}

}  // namespace yilian::database
