#include "engine/records/index/filters.h"

#include <sqlite3.h>

#include <map>
#include <mutex>

namespace yilian::records {
namespace {

// Kept only as long as a connection keeps it. A run's number is never used again, so what is found is right.
class Known {
 public:
  using Name = std::pair<std::string, std::int64_t>;
  static Known& instance() {
    static Known known;
    return known;
  }
  std::shared_ptr<const Filter> find(const Name& name) {
    const std::lock_guard lock(mutex_);
    const auto found = filters_.find(name);
    return found == filters_.end() ? nullptr : found->second.lock();
  }
  void keep(const Name& name, const std::shared_ptr<const Filter>& filter) {
    const std::lock_guard lock(mutex_);
    std::erase_if(filters_, [](const auto& item) { return item.second.expired(); });
    filters_[name] = filter;
  }

 private:
  std::mutex mutex_;
  std::map<Name, std::weak_ptr<const Filter>> filters_;
};

}  // namespace

std::shared_ptr<const Filter> filter_of(database::Connection& connection, std::int64_t run) {
  const Known::Name name{sqlite3_db_filename(connection.raw(), "main"), run};
  if (auto known = Known::instance().find(name)) return known;
  auto row = connection.prepare("SELECT filter FROM index_run WHERE run = ?1");
  row.bind(1, run);
  auto made = std::make_shared<const Filter>(row.step() ? row.blob(0) : std::string_view());
  Known::instance().keep(name, made);
  return made;
}

}  // namespace yilian::records
