#pragma once
// The one thread that writes: takes what is queued, runs it in one transaction, syncs once, tells everyone.

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "engine/database/driver.h"

namespace yilian::database {

class Upkeep;

class Writer {
 public:
  // The connection is the writer's own from now on.
  Writer(std::unique_ptr<Connection> connection, Driver& driver, Upkeep& upkeep, const Options& options);
  ~Writer();
  Result<void> submit(Database::Task task, Database::Done done, std::size_t bytes);
  void close();
  Counters counters() const;

 private:
  struct Job {
    Database::Task task;
    Database::Done done;
    std::size_t bytes;
    Result<void> outcome;
  };
  using Batch = std::vector<Job>;

  void run();
  bool take(Batch& batch);  // waits; false: closed and nothing left
  void write(Batch& batch);
  // What became of a batch that was tried as a whole.
  enum class Tried : std::uint8_t {
    answered,  // each of its tasks has its outcome
    failed,    // nothing is written; perhaps in smaller parts
    away,      // the database is not there, nothing is written; each task's outcome says so
  };
  Tried try_together(Batch& batch);
  Tried try_apart(Batch& batch);
  // What a refusal of the whole means; each task that has no fault of its own is told it.
  Tried told(Batch& batch, const StorageError& error);
  void one_by_one(Batch& batch);
  Result<void> attempt(Job& job);
  void begin();
  void commit();
  void roll_back() noexcept;
  void rest();  // nothing came for a while

  std::unique_ptr<Connection> connection_;
  Driver& driver_;
  Upkeep& upkeep_;
  Options options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> queue_;
  std::size_t queued_bytes_ = 0;
  bool closing_ = false;
  bool waiting_ = false;
  std::atomic<std::uint64_t> commits_{0}, tasks_{0}, failed_tasks_{0}, busy_refusals_{0};
  std::thread thread_;
};

}  // namespace yilian::database
