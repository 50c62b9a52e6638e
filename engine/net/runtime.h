#pragma once
// I/O threads: each runs one io_context of its own, so what lives on one of them needs no lock.

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace yilian::net {

class Runtime {
 public:
  explicit Runtime(std::size_t threads);
  // Stops the threads and joins them; what is still pending is dropped. Not to be called from one of its own threads.
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  // The io_contexts in turn. Any thread.
  boost::asio::io_context& next();
  std::size_t threads() const;

  // The one that all listeners of this process share; it lives while someone holds it. `threads` counts for the first
  // who asks.
  static std::shared_ptr<Runtime> shared(std::size_t threads = 2);

 private:
  struct Lane;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::atomic<std::size_t> turn_{0};
};

}  // namespace yilian::net
