#include "load.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>

namespace yilian::bench {
namespace {

constexpr std::size_t kHead = 16u << 10;
constexpr double kDrain = 300;  // seconds that answers under way are waited for at the end

double clock_seconds(clockid_t clock) {
  timespec at{};
  if (::clock_gettime(clock, &at) != 0) return 0;
  return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) * 1e-9;
}

double now() { return clock_seconds(CLOCK_MONOTONIC); }

double cpu_of(int process) {
  clockid_t clock = 0;
  return process != 0 && ::clock_getcpuclockid(process, &clock) == 0 ? clock_seconds(clock) : 0;
}

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(1);
}

// The value of a header, empty when absent.
std::string_view header(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
    const std::string_view line = head.substr(at + 2);
    if (line.size() > name.size() && line[name.size()] == ':' && ::strncasecmp(line.data(), name.data(), name.size()) == 0) {
      const auto from = line.find_first_not_of(' ', name.size() + 1);
      return line.substr(from, line.find("\r\n") - from);
    }
  }
  return {};
}

struct Connection {
  int socket = -1;
  std::string_view out;  // not sent yet
  std::size_t label = 0;
  double sent = 0;
  std::string head;       // of the answer, until it is whole
  std::size_t body = 0;   // bytes of the body still to come
  std::size_t whole = 0;  // bytes of the body
  bool in_body = false, busy = false, polls_out = false;
  int status = 0;
};

class Load {
 public:
  Load(Requests& requests, const LoadOptions& options) : requests_(requests), options_(options), poller_(::epoll_create1(0)), all_(options.connections) {
    for (std::size_t i = 0; i < all_.size(); ++i) connect(i);
  }
  ~Load() {
    for (auto& c : all_) ::close(c.socket);
    ::close(poller_);
  }

  Figures run() {
    const double begin = now();
    warm_ = begin + options_.warm;
    end_ = options_.seconds > 0 ? warm_ + options_.seconds : begin + 1e9;
    figures_.counts.resize(requests_.labels.size());
    if (options_.warm <= 0) start_counting();
    for (std::size_t i = 0; i < all_.size(); ++i) send_next(i);
    epoll_event events[256];
    while (busy_ > 0) {
      const int ready = ::epoll_wait(poller_, events, 256, 1000);
      at_ = now();
      if (!counting_ && at_ >= warm_) start_counting();
      if (!ended_ && at_ >= end_) end();
      if (at_ > end_ + kDrain) break;
      for (int e = 0; e < ready; ++e) {
        const std::size_t i = events[e].data.u64;
        if ((events[e].events & EPOLLOUT) != 0) send_rest(i);
        if ((events[e].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) receive(i);
      }
    }
    if (!ended_) end();
    return std::move(figures_);
  }

 private:
  void connect(std::size_t i) {
    Connection& c = all_[i];
    c.socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(options_.port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(c.socket, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) give_up("connect");
    const int one = 1;
    ::setsockopt(c.socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    ::fcntl(c.socket, F_SETFL, ::fcntl(c.socket, F_GETFL) | O_NONBLOCK);
    watch(i, EPOLL_CTL_ADD, EPOLLIN);
  }

  void watch(std::size_t i, int how, std::uint32_t what) {
    epoll_event event{};
    event.events = what;
    event.data.u64 = i;
    ::epoll_ctl(poller_, how, all_[i].socket, &event);
  }

  void start_counting() {
    counting_ = true;
    begin_ = now();
    daemon_before_ = cpu_of(options_.process);
    own_before_ = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
  }
  void end() {
    ended_ = true;
    figures_.seconds = now() - begin_;
    figures_.daemon_cpu = cpu_of(options_.process) - daemon_before_;
    figures_.own_cpu = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - own_before_;
  }

  void send_next(std::size_t i) {
    Connection& c = all_[i];
    if (ended_ || !requests_.next(i, c.out, c.label)) return;
    c.busy = true;
    ++busy_;
    c.sent = now();
    send_rest(i);
  }

  void send_rest(std::size_t i) {
    Connection& c = all_[i];
    while (!c.out.empty()) {
      const ssize_t n = ::send(c.socket, c.out.data(), c.out.size(), MSG_NOSIGNAL);
      if (n < 0 && errno == EAGAIN) break;
      if (n <= 0) give_up("send");
      c.out.remove_prefix(static_cast<std::size_t>(n));
    }
    if (c.polls_out == !c.out.empty()) return;
    c.polls_out = !c.polls_out;
    watch(i, EPOLL_CTL_MOD, c.polls_out ? EPOLLIN | EPOLLOUT : EPOLLIN);
  }

  void receive(std::size_t i) {
    Connection& c = all_[i];
    if (c.in_body) {
      // MSG_TRUNC: the kernel throws the bytes away without copying them (tcp(7)).
      const ssize_t n = ::recv(c.socket, nullptr, c.body, MSG_TRUNC);
      if (n < 0 && errno == EAGAIN) return;
      if (n <= 0) give_up("recv");
      c.body -= static_cast<std::size_t>(n);
      if (c.body == 0) answered(i);
      return;
    }
    const ssize_t n = ::recv(c.socket, buffer_, sizeof buffer_, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) std::fprintf(stderr, "connection %zu was closed\n", i), std::exit(1);
    c.head.append(buffer_, static_cast<std::size_t>(n));
    const auto blank = c.head.find("\r\n\r\n");
    if (blank == std::string::npos) return;
    const std::string_view head = std::string_view(c.head).substr(0, blank + 2);
    c.status = std::atoi(c.head.c_str() + 9);
    c.whole = static_cast<std::size_t>(std::strtoull(std::string(header(head, "content-length")).c_str(), nullptr, 10));
    const std::size_t have = c.head.size() - blank - 4;
    if (have > c.whole) std::fprintf(stderr, "more than one answer came\n"), std::exit(1);
    requests_.answered(i, {c.status, head});
    c.head.clear();
    c.body = c.whole - have;
    c.in_body = c.body > 0;
    if (!c.in_body) answered(i);
  }

  void answered(std::size_t i) {
    Connection& c = all_[i];
    c.in_body = c.busy = false;
    --busy_;
    if (counting_ && !ended_) {
      Count& count = figures_.counts[c.label];
      count.milliseconds.push_back(static_cast<float>((now() - c.sent) * 1000));
      count.bytes += c.whole;
      if (c.status >= 400 && count.failed++ == 0) count.first_failure = c.status;
    }
    send_next(i);
  }

  Requests& requests_;
  const LoadOptions options_;
  const int poller_;
  std::vector<Connection> all_;
  std::size_t busy_ = 0;
  bool counting_ = false, ended_ = false;
  double begin_ = 0, warm_ = 0, end_ = 0, at_ = 0, daemon_before_ = 0, own_before_ = 0;
  Figures figures_;
  char buffer_[kHead];
};

}  // namespace

Figures load(Requests& requests, const LoadOptions& options) { return std::make_unique<Load>(requests, options)->run(); }

namespace {

void merge(Count& into, const Count& from) {
  into.milliseconds.insert(into.milliseconds.end(), from.milliseconds.begin(), from.milliseconds.end());
  if (into.failed == 0) into.first_failure = from.first_failure;
  into.failed += from.failed;
  into.bytes += from.bytes;
}

std::string json_of(Count count) {
  auto& all = count.milliseconds;
  if (all.empty()) return R"({"count": 0})";
  std::sort(all.begin(), all.end());
  const auto at = [&](double share) { return static_cast<double>(all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1))]); };
  char text[400];
  std::snprintf(text, sizeof text, R"({"count": %zu, "failed": %llu, "first_failure": %d, "bytes": %llu, "p50": %.4f, "p95": %.4f, "p99": %.4f, "max": %.4f})",
                all.size(), static_cast<unsigned long long>(count.failed), count.first_failure, static_cast<unsigned long long>(count.bytes), at(0.5), at(0.95),
                at(0.99), static_cast<double>(all.back()));
  return text;
}

template <class Map>
std::string json_of_all(const Map& counts) {
  std::string json;
  for (const auto& [name, count] : counts) json.append(json.empty() ? "{\"" : ", \"").append(name).append("\": ").append(json_of(count));
  return json.empty() ? "{}" : json + "}";
}

}  // namespace

std::string to_json(const Figures& figures, const std::vector<std::string>& labels) {
  Count whole;
  std::map<std::string, Count> groups, each;
  for (std::size_t i = 0; i < figures.counts.size(); ++i) {
    merge(whole, figures.counts[i]);
    merge(groups[labels[i].substr(0, labels[i].find(' '))], figures.counts[i]);
    merge(each[labels[i]], figures.counts[i]);
  }
  char text[200];
  std::snprintf(text, sizeof text, R"({"seconds": %.4f, "daemon_cpu": %.4f, "own_cpu": %.4f, "all": )", figures.seconds, figures.daemon_cpu, figures.own_cpu);
  return text + json_of(std::move(whole)) + ", \"groups\": " + json_of_all(groups) + ", \"labels\": " + json_of_all(each) + "}";
}

}  // namespace yilian::bench
