#include "engine/records/index/filters.h"

#include "engine/records/index/known_runs.h"

namespace yilian::records {

std::shared_ptr<const Filter> filter_of(database::Connection& connection, std::int64_t run) {
  return KnownRuns<const Filter>::instance().find_or_make(connection, run, [&] {
    auto row = connection.prepare("SELECT filter FROM index_run WHERE run = ?1");
    row.bind(1, run);
    return std::make_shared<const Filter>(row.step() ? row.blob(0) : std::string_view());
  });
}

}  // namespace yilian::records
