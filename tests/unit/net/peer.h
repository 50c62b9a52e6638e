#pragma once
// A raw socket's side of a test: says bytes, hears bytes, each with a time-out, so that no test hangs.

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

namespace yilian::testing {

class Peer {
 public:
  explicit Peer(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("cannot connect");
  }
  ~Peer() { close(); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // False when the other side takes no more.
  bool say(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  void half_close() { ::shutdown(socket_, SHUT_WR); }
  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }
  // Closes with RST.
  void reset() {
    const linger now{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }

  // All that comes until `mark` has come `times` times, the line ends, or the time is over.
  std::string hear(std::string_view mark, int times = 1, int milliseconds = 5000) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
    std::string out;
    std::swap(out, rest_);
    std::size_t at = 0;
    int found = 0;
    for (;;) {
      for (std::size_t next; !mark.empty() && found < times && (next = out.find(mark, at)) != std::string::npos;
           ++found)
        at = next + mark.size();
      if (!mark.empty() && found == times) {
        rest_ = out.substr(at);
        return out.substr(0, at);
      }
      if (out.size() > at + mark.size()) at = out.size() - mark.size();  // what was searched is not searched again
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
      pollfd one{socket_, POLLIN, 0};
      if (left <= 0 || poll(&one, 1, static_cast<int>(left)) <= 0) return out;
      char buffer[65536];
      const auto count = ::recv(socket_, buffer, sizeof buffer, 0);
      if (count <= 0) {
        ended_ = true;
        return out;
      }
      out.append(buffer, static_cast<std::size_t>(count));
    }
  }
  // Everything to the end of the line.
  std::string hear_all(int milliseconds = 5000) { return hear({}, 1, milliseconds); }
  bool ended() const { return ended_; }

 private:
  int socket_;
  std::string rest_;
  bool ended_ = false;
};

}  // namespace yilian::testing
