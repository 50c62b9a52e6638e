#include <cstdio>
#include <ctime>

#include "engine/daemon/commands.h"
#include "engine/daemon/parts.h"
#include "engine/daemon/settings.h"
#include "engine/database/database.h"
#include "engine/records/reindex.h"

namespace yilian::daemon {
namespace {

std::optional<std::string> place_of(const std::string& config, const std::string& data) {
  const auto settings = read_settings(config, data);
  if (settings) return settings->database_place;
  tell(settings.error());
  return std::nullopt;
}

int told(const Issue& issue) {
  tell({issue});
  return 1;
}

}  // namespace

int store_rehearse(const std::string& config, const std::string& data) {
  const auto place = place_of(config, data);
  if (!place) return 1;
  std::timespec begin{}, end{};
  ::clock_gettime(CLOCK_MONOTONIC, &begin);
  const auto versions = database::rehearse(*place, all_parts());
  if (!versions) return told(versions.error());
  ::clock_gettime(CLOCK_MONOTONIC, &end);
  bool changes = false;
  for (const auto& part : *versions) {
    changes = changes || part.stored != part.needed;
    std::printf("%s: version %lld%s", part.part.c_str(), static_cast<long long>(part.stored), part.stored == part.needed ? "\n" : "");
    if (part.stored != part.needed) std::printf(" -> %lld\n", static_cast<long long>(part.needed));
  }
  const double seconds = static_cast<double>(end.tv_sec - begin.tv_sec) + static_cast<double>(end.tv_nsec - begin.tv_nsec) / 1e9;
  std::printf("%s Rehearsed in %.1f s, nothing was changed.\n", changes ? "The database would be brought up." : "The database is as this program needs it.", seconds);
  return 0;
}

int store_backup(const std::string& config, const std::string& data, const std::string& file) {
  const auto place = place_of(config, data);
  if (!place) return 1;
  if (auto done = database::back_up(*place, file); !done) return told(done.error());
  std::printf("%s is a whole copy, checked and on disk.\n", file.c_str());
  return 0;
}

int store_reindex(const std::string& config, const std::string& data, const std::string& file) {
  const auto place = place_of(config, data);
  if (!place) return 1;
  const bool server = database::is_postgres(*place);
  if (server != file.empty())
    return told({Code::bad_config, Severity::error, "FILE", server ? "on PostgreSQL the index is made where it is" : "the new database needs a name",
                 server ? "Leave it out" : "Name a file that is not there yet, with as much space as the old one takes"});
  std::int64_t resources = 0;
  const auto done = database::make_anew(*place, file, all_parts(), records::index_tables(), [&](database::Database& database) -> Result<void> {
    YL_TRY(resources, records::fill_index(database));
    return {};
  });
  if (!done) return told(done.error());
  std::printf("The index of %lld resources is made anew.%s%s\n", static_cast<long long>(resources), server ? "" : " Put this in the place of the database: ", file.c_str());
  return 0;
}

}  // namespace yilian::daemon
