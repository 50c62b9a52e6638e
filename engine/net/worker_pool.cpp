#include "engine/net/worker_pool.h"

#include <csignal>
#include <system_error>
#include <utility>

namespace yilian::net {

bool WorkerPool::run(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || jobs_.size() >= waiting_) return false;
    jobs_.push_back(std::move(job));
    if (jobs_.size() > idle_) return threads_.size() >= most_ || add_thread();
  }
  // Without the lock: who wakes would only wait for it.
  come_.notify_one();
  return true;
}

// Called with the lock. False when the system gives no thread and none is there to take the job just queued.
bool WorkerPool::add_thread() {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);  // signals are the business of the program's main thread
  try {
    threads_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    if (threads_.empty()) jobs_.pop_back();
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return !threads_.empty();
}

void WorkerPool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    come_.wait(lock, [&] { return stopped_ || !jobs_.empty(); });
    --idle_;
    if (stopped_) return;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = nullptr;  // what it holds is let go outside the lock
    lock.lock();
  }
}

void WorkerPool::stop() {
  std::deque<Job> dropped;
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    dropped.swap(jobs_);
    threads.swap(threads_);
  }
  come_.notify_all();
  for (auto& thread : threads) thread.join();
}

}  // namespace yilian::net
