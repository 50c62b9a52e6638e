// Receivers that answer AA at once and keep nothing, as quick as one thread can: what destinations are measured against. usage: mllp_sink COUNT
// Prints the COUNT ports on one line; for each line that it is sent, how many messages have come at each.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

struct Peer {
  std::size_t port;
  std::string rest;
};

// MSH-10 of a frame's message.
std::string_view control_id(std::string_view message) {
  std::string_view line = message.substr(0, message.find('\r'));
  for (int field = 1; field < 10; ++field) line.remove_prefix(std::min(line.find('|') + 1, line.size()));
  return line.substr(0, line.find('|'));
}

int listen_on(unsigned short& port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(socket, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(socket, 128) != 0) std::perror("listen"), std::exit(1);
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  port = ntohs(address.sin_port);
  return socket;
}

}  // namespace

int main(int count, char** arguments) {
  const std::size_t ports = count == 2 ? std::strtoul(arguments[1], nullptr, 10) : 0;
  if (ports == 0) return std::fprintf(stderr, "usage: %s COUNT\n", arguments[0]), 2;
  const int poller = ::epoll_create1(0);
  const auto watch = [&](int socket) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = socket;
    ::epoll_ctl(poller, EPOLL_CTL_ADD, socket, &event);
  };
  std::unordered_map<int, std::size_t> listening;
  for (std::size_t i = 0; i < ports; ++i) {
    unsigned short port = 0;
    const int socket = listen_on(port);
    listening[socket] = i;
    watch(socket);
    std::printf("%u%c", port, i + 1 == ports ? '\n' : ' ');
  }
  std::fflush(stdout);
  watch(0);
  std::vector<unsigned long> taken(ports, 0);
  std::unordered_map<int, Peer> peers;
  epoll_event events[64];
  char buffer[65536];
  for (;;) {
    const int ready = ::epoll_wait(poller, events, 64, -1);
    for (int e = 0; e < ready; ++e) {
      const int socket = events[e].data.fd;
      if (socket == 0) {
        if (::read(0, buffer, sizeof buffer) <= 0) return 0;
        for (std::size_t i = 0; i < ports; ++i) std::printf("%lu%c", taken[i], i + 1 == ports ? '\n' : ' ');
        std::fflush(stdout);
        continue;
      }
      if (const auto found = listening.find(socket); found != listening.end()) {
        const int peer = ::accept(socket, nullptr, nullptr);
        if (peer < 0) continue;
        const int one = 1;
        ::setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        peers[peer] = {found->second, {}};
        watch(peer);
        continue;
      }
      Peer& peer = peers[socket];
      const ssize_t n = ::recv(socket, buffer, sizeof buffer, 0);
      if (n <= 0) {
        ::close(socket);
        peers.erase(socket);
        continue;
      }
      peer.rest.append(buffer, static_cast<std::size_t>(n));
      for (std::size_t end; (end = peer.rest.find("\x1C\r")) != std::string::npos; peer.rest.erase(0, end + 2)) {
        const std::string id(control_id(std::string_view(peer.rest).substr(1, end - 1)));
        const std::string answer = "\x0BMSH|^~\\&|SINK|X|YILIAN|X|20261129||ACK|" + id + "|P|2.5\rMSA|AA|" + id + "\r\x1C\r";
        if (::send(socket, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) break;
        ++taken[peer.port];
      }
    }
  }
}
