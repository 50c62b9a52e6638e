#include "engine/database/writer.h"

#include "engine/base/log.h"
#include "engine/database/upkeep.h"

namespace yilian::database {

Writer::Writer(std::unique_ptr<Connection> connection, Driver& driver, Upkeep& upkeep, const Options& options)
    : connection_(std::move(connection)), driver_(driver), upkeep_(upkeep), options_(options) {
  connection_->is_writer_ = true;
  thread_ = std::thread([this] { run(); });
}

Writer::~Writer() { close(); }

Result<void> Writer::submit(Database::Task task, Database::Done done, std::size_t bytes) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (closing_) {
      ++busy_refusals_;
      return fail(Code::busy, "the database is closing", "database", "Try again later");
    }
    // One task alone may be as large as it likes: the bound is for many.
    if (queue_.size() >= options_.queue_tasks || (!queue_.empty() && queued_bytes_ + bytes > options_.queue_bytes)) {
      ++busy_refusals_;
      return fail(Code::busy, "too much is waiting to be written", "database", "Try again later");
    }
    queue_.push_back(Job{std::move(task), std::move(done), bytes, {}});
    queued_bytes_ += bytes;
    wake = waiting_;
  }
  if (wake) wake_.notify_one();
  return {};
}

void Writer::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
  connection_.reset();
}

Counters Writer::counters() const {
  return {commits_.load(), tasks_.load(), failed_tasks_.load(), busy_refusals_.load()};
}

bool Writer::take(Batch& batch) {
  std::unique_lock lock(mutex_);
  bool rested = false;
  while (queue_.empty()) {
    if (closing_) return false;
    waiting_ = true;
    if (rested) {
      wake_.wait(lock);
    } else if (wake_.wait_for(lock, std::chrono::milliseconds(options_.idle_milliseconds)) == std::cv_status::timeout &&
               queue_.empty() && !closing_) {
      waiting_ = false;
      lock.unlock();
      rest();
      rested = true;
      lock.lock();
    }
    waiting_ = false;
  }
  std::size_t bytes = 0;
  while (!queue_.empty() && batch.size() < options_.batch_tasks &&
         (batch.empty() || bytes + queue_.front().bytes <= options_.batch_bytes)) {
    bytes += queue_.front().bytes;
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  queued_bytes_ -= bytes;
  return true;
}

void Writer::run() {
  Batch batch;
  while (take(batch)) {
    write(batch);
    for (Job& job : batch) {
      ++tasks_;
      if (!job.outcome) ++failed_tasks_;
      if (job.done) job.done(std::move(job.outcome));
    }
    batch.clear();
    driver_.committed(*connection_);
    upkeep_.committed();
  }
}

void Writer::write(Batch& batch) {
  // A savepoint for each task would cost every good batch; so all run together, and only when one fails are they run
  // again with savepoints. When even that cannot be committed (a full disk), each gets a transaction of its own, so
  // that what fits goes through.
  Tried tried = try_together(batch);
  // A server that was started anew is there when it is asked again.
  if (tried == Tried::away) tried = try_together(batch);
  if (tried != Tried::failed || batch.size() == 1) return;
  if (try_apart(batch) == Tried::failed) one_by_one(batch);
}

Writer::Tried Writer::try_together(Batch& batch) {
  try {
    begin();
    for (Job& job : batch) {
      job.outcome = attempt(job);
      if (!job.outcome) {
        // A task that found the line broken, or swallowed that: the others would find the same.
        const bool away = !connection_->in_transaction() && job.outcome.error().code == Code::busy;
        const Issue issue = job.outcome.error();
        roll_back();
        if (!away) return Tried::failed;
        for (Job& each : batch) each.outcome = Failure(issue);
        return Tried::away;
      }
    }
    commit();
    return Tried::answered;
  } catch (const StorageError& error) {
    roll_back();
    return told(batch, error);
  }
}

Writer::Tried Writer::told(Batch& batch, const StorageError& error) {
  for (Job& job : batch) {
    if (job.outcome) job.outcome = Failure(storage_issue(error));
  }
  switch (error.trouble) {
    case Trouble::away:
      return Tried::away;
    case Trouble::unknown:  // tried again, it might be done twice
    case Trouble::busy:     // and each would wait as long for itself
      return Tried::answered;
    default:
      return Tried::failed;
  }
}

Writer::Tried Writer::try_apart(Batch& batch) {
  try {
    begin();
    for (Job& job : batch) {
      connection_->set_savepoint();
      job.outcome = attempt(job);
      if (job.outcome) {
        try {
          connection_->flush_deferred();
          connection_->settle();
        } catch (const StorageError& error) {
          job.outcome = Failure(storage_issue(error));
        }
      }
      if (!job.outcome) {
        connection_->discard_deferred();
        if (!connection_->in_transaction()) return Tried::failed;  // the database gave up the whole transaction
        connection_->undo_to_savepoint();
        ++connection_->transaction_;
      }
      connection_->release_savepoint();
    }
    commit();
    return Tried::answered;
  } catch (const StorageError& error) {
    roll_back();
    return told(batch, error);
  }
}

void Writer::one_by_one(Batch& batch) {
  for (Job& job : batch) {
    try {
      begin();
      job.outcome = attempt(job);
      if (job.outcome) {
        commit();
      } else {
        roll_back();
      }
    } catch (const StorageError& error) {
      roll_back();
      job.outcome = Failure(storage_issue(error));
    }
  }
}

Result<void> Writer::attempt(Job& job) {
  try {
    return job.task(*connection_);
  } catch (const StorageError& error) {
    return Failure(storage_issue(error));
  } catch (const std::exception& error) {
    log::error("database", "task_threw", {{"what", error.what()}});
    return fail(Code::internal, std::string("a write failed: ") + error.what(), "database");
  }
}

void Writer::begin() {
  connection_->begin();
  ++connection_->transaction_;
}

void Writer::commit() {
  connection_->flush_deferred();
  connection_->commit();
  ++commits_;
}

void Writer::roll_back() noexcept {
  connection_->discard_deferred();
  try {
    connection_->roll_back();
  } catch (const StorageError& error) {
    log::error("database", "rollback_failed", {{"what", error.what()}});
  }
}

void Writer::rest() {
  upkeep_.at_rest();
  driver_.rest(*connection_);
}

}  // namespace yilian::database
