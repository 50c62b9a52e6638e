#include "engine/net/runtime.h"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <exception>
#include <mutex>
#include <thread>

#include "engine/base/log.h"

namespace yilian::net {

struct Runtime::Lane {
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{context.get_executor()};
  std::thread thread;

  void run() {
    // A handler that throws is a bug of its connection; the others on this thread must not suffer for it.
    for (;;) {
      try {
        context.run();
        return;
      } catch (const std::exception& e) {
        log::error("net", "exception on an I/O thread", {{"what", e.what()}});
      }
    }
  }
};

Runtime::Runtime(std::size_t threads) {
  // Signals are the business of the program's main thread.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (std::size_t i = 0; i < std::max<std::size_t>(1, threads); ++i) {
    lanes_.push_back(std::make_unique<Lane>());
    lanes_.back()->thread = std::thread([lane = lanes_.back().get()] { lane->run(); });
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Runtime::~Runtime() {
  for (auto& lane : lanes_) lane->context.stop();
  for (auto& lane : lanes_) lane->thread.join();
}

boost::asio::io_context& Runtime::next() {
  return lanes_[turn_.fetch_add(1, std::memory_order_relaxed) % lanes_.size()]->context;
}

std::size_t Runtime::threads() const { return lanes_.size(); }

std::shared_ptr<Runtime> Runtime::shared(std::size_t threads) {
  static std::mutex mutex;
  static std::weak_ptr<Runtime> held;
  const std::lock_guard lock(mutex);
  auto runtime = held.lock();
  if (!runtime) held = runtime = std::make_shared<Runtime>(threads);
  return runtime;
}

}  // namespace yilian::net
