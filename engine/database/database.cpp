#include "engine/database/database.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/database/checkpointer.h"
#include "engine/database/migrations.h"
#include "engine/database/readers.h"
#include "engine/database/upkeep.h"
#include "engine/database/writer.h"

namespace yilian::database {
namespace {

// 4 KiB is what one random index row dirties; larger pages made the log of a commit longer and nothing faster
// (tests/bench/store_bench).
constexpr std::size_t kPageBytes = 4096;

constexpr std::string_view kWriterSettings =
    "PRAGMA page_size=4096;"
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=FULL;"      // the log is synced at every commit
    "PRAGMA wal_autocheckpoint=0;"  // the checkpointer does it
    "PRAGMA journal_size_limit=-1;"
    "PRAGMA secure_delete=0;"
    "PRAGMA cell_size_check=1;"
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA cache_size=-24576;";

// Patients' data: for the service's own user only. SQLite gives the log and its index the same rights.
Result<void> make_private(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    return fail(Code::storage, std::string("cannot be opened: ") + std::strerror(errno), path,
                "Check the folder and who may write there");
  }
  ::close(file);
  return {};
}

}  // namespace

struct Database::Inner {
  Inner(const std::string& path, std::unique_ptr<Connection> connection, const std::vector<Schema>& schema,
        const Options& options)
      : checkpointer(path, kPageBytes, options),
        upkeep(schema, options),
        readers(path, options.readers),
        writer(std::move(connection), checkpointer, upkeep, options) {}
  Checkpointer checkpointer;
  Upkeep upkeep;
  Readers readers;
  Writer writer;
  std::once_flag closed;
};

Database::Database() = default;

Database::~Database() {
  if (inner_ != nullptr) close();
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path, const std::vector<Schema>& schema,
                                                 const Options& options) {
  YL_CHECK(make_private(path));
  try {
    std::unique_ptr<Connection> writer(new Connection(path, true));
    writer->execute(kWriterSettings);
    YL_CHECK(migrate(*writer, path, schema));
    std::unique_ptr<Database> made(new Database);
    made->inner_ = std::make_unique<Inner>(path, std::move(writer), schema, options);
    made->inner_->upkeep.start(*made);
    return made;
  } catch (const StorageError& error) {
    Issue issue = storage_issue(error);
    issue.where = path;
    return Failure(std::move(issue));
  }
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

Counters Database::counters() const { return inner_->writer.counters(); }

void Database::close() {
  // The readers go before the writer: the last connection to close copies the log back and removes it.
  std::call_once(inner_->closed, [this] {
    inner_->upkeep.close();
    inner_->checkpointer.close();
    inner_->readers.close();
    inner_->writer.close();
  });
}

Database::Lease Database::acquire() { return {this, inner_->readers.take()}; }

bool Database::has_free_reader() const { return inner_->readers.one_is_free(); }

Database::Lease::~Lease() { home->inner_->readers.give_back(connection); }

}  // namespace yilian::database
