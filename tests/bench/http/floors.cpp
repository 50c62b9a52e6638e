#include "floors.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace yilian::bench {

double synced_writes(const std::string& folder, double seconds) {
  using Clock = std::chrono::steady_clock;
  const std::string path = folder + "/fsync-limit";
  const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
  if (file < 0) std::perror("open"), std::exit(1);
  const std::string block(4096, 'x');
  // Written before: a log whose space is kept costs no change of the file's size at each sync.
  constexpr int kBlocks = 1024;
  for (int i = 0; i < kBlocks; ++i)
    if (::write(file, block.data(), block.size()) < 0) std::perror("write"), std::exit(1);
  ::fdatasync(file);
  const auto begin = Clock::now();
  double passed = 0;
  int syncs = 0;
  for (; passed < seconds; passed = std::chrono::duration<double>(Clock::now() - begin).count(), ++syncs)
    if (::pwrite(file, block.data(), block.size(), (syncs % kBlocks) * 4096L) < 0 || ::fdatasync(file) != 0) std::perror("write"), std::exit(1);
  ::close(file);
  ::unlink(path.c_str());
  return syncs / passed;
}

void serve_bare() {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof own;
  if (::bind(listener, reinterpret_cast<sockaddr*>(&own), sizeof own) != 0 || ::listen(listener, 1024) != 0) std::perror("listen"), std::exit(1);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&own), &length);
  std::printf("%d\n", ntohs(own.sin_port));
  std::fflush(stdout);
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 1024\r\nConnection: keep-alive\r\n\r\n" + std::string(1024, 'x');
  const int poller = ::epoll_create1(0);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = listener;
  ::epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
  static char buffer[65536];
  for (epoll_event events[64];;) {
    const int ready = ::epoll_wait(poller, events, 64, -1);
    for (int e = 0; e < ready; ++e) {
      if (events[e].data.fd == listener) {
        const int one = 1;
        event.data.fd = ::accept(listener, nullptr, nullptr);
        ::setsockopt(event.data.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        ::epoll_ctl(poller, EPOLL_CTL_ADD, event.data.fd, &event);
        continue;
      }
      const ssize_t n = ::recv(events[e].data.fd, buffer, sizeof buffer, 0);
      if (n <= 0) {
        ::close(events[e].data.fd);
      } else if (std::string_view(buffer, static_cast<std::size_t>(n)).find("\r\n\r\n") != std::string_view::npos) {
        if (::send(events[e].data.fd, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) ::close(events[e].data.fd);
      }
    }
  }
}

}  // namespace yilian::bench
