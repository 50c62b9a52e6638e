#include "adapters/file/watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>

namespace yilian::file {

Watch::Watch() : events_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)), wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (!wake_) throw std::runtime_error("the system gives no eventfd");
}

bool Watch::attach(const std::string& path, std::uint64_t inode) {
  if (!events_) return false;
  if (watched_ >= 0 && inode_ == inode) return true;
  if (watched_ >= 0) inotify_rm_watch(events_.get(), watched_);
  watched_ = inotify_add_watch(events_.get(), path.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO | IN_ONLYDIR);
  inode_ = inode;
  return watched_ >= 0;
}

void Watch::wait(std::chrono::milliseconds most, std::unordered_set<std::string>& finished) {
  std::array<pollfd, 2> both{{{wake_.get(), POLLIN, 0}, {events_.get(), POLLIN, 0}}};
  poll(both.data(), events_ ? 2 : 1, static_cast<int>(most.count()));
  std::uint64_t count;
  [[maybe_unused]] const auto woken = read(wake_.get(), &count, sizeof count);
  if (!events_) return;
  alignas(inotify_event) std::array<char, 16384> buffer;
  for (;;) {
    const auto got = read(events_.get(), buffer.data(), buffer.size());
    if (got <= 0) return;
    for (const char* at = buffer.data(); at < buffer.data() + got;) {
      inotify_event event;
      std::memcpy(&event, at, sizeof event);
      if (event.len > 0) finished.emplace(at + sizeof event);
      at += sizeof event + event.len;
    }
  }
}

void Watch::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(wake_.get(), &one, sizeof one);
}

}  // namespace yilian::file
