#include "engine/database/database.h"

#include "engine/database/driver.h"
#include "engine/database/readers.h"
#include "engine/database/upkeep.h"
#include "engine/database/writer.h"

namespace yilian::database {

struct Database::Inner {
  Inner(std::unique_ptr<Driver> made, std::unique_ptr<Connection> connection, const std::vector<Schema>& schema,
        const Options& options)
      : driver(std::move(made)),
        upkeep(schema, options),
        readers(*driver, options.readers),
        writer(std::move(connection), *driver, upkeep, options) {}
  std::unique_ptr<Driver> driver;
  Upkeep upkeep;
  Readers readers;
  Writer writer;
  std::once_flag closed;
};

Database::Database() = default;

Database::~Database() {
  if (inner_ != nullptr) close();
}

namespace {

std::unique_ptr<Driver> driver_for(const std::string& place, const Options& options) {
  return is_postgres(place) ? postgres_driver(place) : sqlite_driver(place, options);
}

// What the driver refuses, told with the place.
template <class Do>
auto at(const std::string& place, Do&& action) -> std::invoke_result_t<Do> {
  try {
    return action();
  } catch (const StorageError& error) {
    Issue issue = storage_issue(error);
    issue.where = is_postgres(place) ? "database" : place;
    return Failure(std::move(issue));
  }
}

}  // namespace

Result<std::vector<PartVersion>> rehearse(const std::string& place, const std::vector<Schema>& schema) {
  return at(place, [&] { return driver_for(place, {})->rehearse(schema); });
}

Result<void> back_up(const std::string& place, const std::string& file) {
  return at(place, [&] { return driver_for(place, {})->back_up(file); });
}

Result<void> make_anew(const std::string& place, const std::string& file, const std::vector<Schema>& schema,
                       const std::vector<std::string_view>& tables, const std::function<Result<void>(Database&)>& fill) {
  return at(place, [&] {
    return driver_for(place, {})->make_anew(file, schema, tables, [&](const std::string& made) -> Result<void> {
      YL_TRY(const auto database, Database::open(made, schema));
      return fill(*database);
    });
  });
}

Result<std::unique_ptr<Database>> Database::open(const std::string& place, const std::vector<Schema>& schema,
                                                 const Options& options) {
  return at(place, [&]() -> Result<std::unique_ptr<Database>> {
    auto driver = driver_for(place, options);
    YL_TRY(auto writer, driver->open_writer(schema));
    std::unique_ptr<Database> made(new Database);
    made->inner_ = std::make_unique<Inner>(std::move(driver), std::move(writer), schema, options);
    made->inner_->upkeep.start(*made, made->inner_->driver->looks_every());
    return made;
  });
}

Result<void> Database::submit(Task task, Done done, std::size_t bytes) {
  return inner_->writer.submit(std::move(task), std::move(done), bytes);
}

Result<void> Database::write(Task task, std::size_t bytes) {
  struct Wait {
    std::mutex mutex;
    std::condition_variable wake;
    std::optional<Result<void>> result;
  } wait;
  YL_CHECK(submit(
      std::move(task),
      [&wait](Result<void> result) {
        // Told under the lock: the waiting thread must not be gone with `wait` before this is out of it.
        const std::lock_guard lock(wait.mutex);
        wait.result = std::move(result);
        wait.wake.notify_one();
      },
      bytes));
  std::unique_lock lock(wait.mutex);
  wait.wake.wait(lock, [&wait] { return wait.result.has_value(); });
  return std::move(*wait.result);
}

Result<void> Database::write_as_keeper(Task task, std::size_t bytes) {
  return write(
      [&task](Connection& writer) -> Result<void> {
        if (!writer.keeper()) return fail(Code::busy, "another daemon keeps the tables", "database");
        return task(writer);
      },
      bytes);
}

bool Database::keeps() { return inner_->driver->keeps(*this); }

void Database::erase_remains() { inner_->driver->erase_remains(); }

Counters Database::counters() const { return inner_->writer.counters(); }

void Database::close() {
  // The readers go before the writer: the last connection to close copies the log back and removes it.
  std::call_once(inner_->closed, [this] {
    inner_->upkeep.close();
    inner_->driver->close();
    inner_->readers.close();
    inner_->writer.close();
  });
}

Database::Lease Database::acquire() { return {this, inner_->readers.take()}; }

bool Database::has_free_reader() const { return inner_->driver->near() && inner_->readers.one_is_free(); }

Database::Lease::~Lease() { home->inner_->readers.give_back(connection); }

}  // namespace yilian::database
