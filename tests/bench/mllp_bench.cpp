// A closed-loop MLLP sender: each connection sends its next message when the former one is answered. Prints rate and latencies, and beside them what the
// disk can do: one append and fdatasync after another, in the same run. usage: mllp_bench PORT CONNECTIONS SECONDS FOLDER-ON-THE-SAME-DISK [FIRST]
// FIRST: number of the first message; the same one once more is a duplicate and costs little.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "lab_messages.h"

namespace {

using Clock = std::chrono::steady_clock;

// What a connection sends, made beforehand: a sender has its messages. Each has patients of its own, so the order of a
// patient is the order of a connection.
class Messages {
 public:
  Messages(int connection, long first, long count) : connection_(connection), first_(first) {
    for (long i = 0; i < count; ++i) made_.push_back(make(i));
  }
  const std::string& next() {
    if (static_cast<std::size_t>(at_) == made_.size()) made_.push_back(make(at_));
    return made_[static_cast<std::size_t>(at_++)];
  }

 private:
  std::string make(long number) const { return "\x0B" + yilian::bench::report(first_ + number, connection_) + "\x1C\r"; }
  int connection_;
  long first_, at_ = 0;
  std::vector<std::string> made_;
};

struct Connection {
  int socket = -1;
  Messages messages;
  std::string answer;
  Clock::time_point sent;
};

void send_all(int socket, const std::string& text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const ssize_t n = ::send(socket, text.data() + at, text.size() - at, MSG_NOSIGNAL);
    if (n <= 0) std::perror("send"), std::exit(1);
    at += static_cast<std::size_t>(n);
  }
}

double disk_limit(const std::string& folder) {
  const std::string path = folder + "/fsync-limit";
  const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
  if (file < 0) std::perror("open"), std::exit(1);
  const std::string block(4096, 'x');
  const auto begin = Clock::now();
  int syncs = 0;
  while (Clock::now() - begin < std::chrono::seconds(1)) {
    if (::write(file, block.data(), block.size()) < 0 || ::fdatasync(file) != 0) std::perror("write"), std::exit(1);
    ++syncs;
  }
  const double rate = syncs / std::chrono::duration<double>(Clock::now() - begin).count();
  ::close(file);
  ::unlink(path.c_str());
  return rate;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5 && count != 6) {
    std::fprintf(stderr, "usage: %s PORT CONNECTIONS SECONDS FOLDER [FIRST]\n", arguments[0]);
    return 2;
  }
  const int port = std::atoi(arguments[1]), connections = std::atoi(arguments[2]), seconds = std::atoi(arguments[3]);
  const long first = count == 6 ? std::atol(arguments[5]) : 0;
  const double limit = disk_limit(arguments[4]);
  // More than are sent in the time, unless it goes twice as fast as is asked.
  const long enough = (seconds + 1) * (connections == 1 ? 3000L : 8000L / connections);
  std::vector<Connection> all;
  for (int i = 0; i < connections; ++i) all.push_back({-1, Messages(i, first, enough), {}, {}});
  const int poller = ::epoll_create1(0);
  for (std::size_t i = 0; i < all.size(); ++i) {
    Connection& c = all[i];
    c.socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(c.socket, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) std::perror("connect"), std::exit(1);
    const int one = 1;
    ::setsockopt(c.socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    ::epoll_ctl(poller, EPOLL_CTL_ADD, c.socket, &event);
  }
  std::vector<double> latencies;
  const auto begin = Clock::now();
  const auto warm = begin + std::chrono::seconds(1), end = warm + std::chrono::seconds(seconds);
  const auto next = [&](std::size_t i) {
    all[i].sent = Clock::now();
    send_all(all[i].socket, all[i].messages.next());
  };
  for (std::size_t i = 0; i < all.size(); ++i) next(i);
  epoll_event events[64];
  char buffer[65536];
  while (Clock::now() < end) {
    const int ready = ::epoll_wait(poller, events, 64, 1000);
    for (int e = 0; e < ready; ++e) {
      const std::size_t i = events[e].data.u64;
      Connection& c = all[i];
      const ssize_t n = ::recv(c.socket, buffer, sizeof buffer, 0);
      if (n <= 0) std::fprintf(stderr, "connection %zu was closed\n", i), std::exit(1);
      c.answer.append(buffer, static_cast<std::size_t>(n));
      if (c.answer.size() < 2 || c.answer.compare(c.answer.size() - 2, 2, "\x1C\r") != 0) continue;
      if (c.answer.find("MSA|AA|") == std::string::npos) std::fprintf(stderr, "not accepted: %s\n", c.answer.c_str()), std::exit(1);
      c.answer.clear();
      const auto now = Clock::now();
      if (now > warm) latencies.push_back(std::chrono::duration<double, std::milli>(now - c.sent).count());
      next(i);
    }
  }
  std::sort(latencies.begin(), latencies.end());
  if (latencies.empty()) return 1;
  const double rate = static_cast<double>(latencies.size()) / seconds;
  const auto at = [&](double share) { return latencies[static_cast<std::size_t>(share * static_cast<double>(latencies.size() - 1))]; };
  std::printf("%2d connections: %7.0f messages/s  p50 %.2f ms  p99 %.2f ms  | disk: %.0f fdatasync/s, ratio %.2f\n", connections, rate, at(0.5), at(0.99), limit, rate / limit);
  return 0;
}
