#pragma once
// A bounded pool for work that may block. Threads are made when they are first needed, so an idle service has none.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace yilian::net {

class WorkerPool {
 public:
  using Job = std::function<void()>;  // must not throw

  WorkerPool(std::size_t threads, std::size_t waiting) : most_(threads == 0 ? 1 : threads), waiting_(waiting) {}
  ~WorkerPool() { stop(); }
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when `waiting` jobs wait already, or after stop(); then the job is not taken.
  bool run(Job job);
  // Drops the jobs that have not begun, waits for those that have.
  void stop();

 private:
  bool add_thread();
  void work();

  const std::size_t most_;
  const std::size_t waiting_;
  std::mutex mutex_;
  std::condition_variable come_;
  std::deque<Job> jobs_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool stopped_ = false;
};

}  // namespace yilian::net
