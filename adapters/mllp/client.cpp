#include "adapters/mllp/client.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "adapters/mllp/acknowledgement.h"

namespace yilian::mllp {
namespace {

using Clock = std::chrono::steady_clock;

// Waits until the socket can be read or written. False when the time is over.
bool wait_for(int socket, short what, Clock::time_point until) {
  for (;;) {
    const auto left = std::chrono::duration_cast<milliseconds>(until - Clock::now()).count();
    pollfd one{socket, what, 0};
    const int ready = poll(&one, 1, static_cast<int>(std::clamp<long long>(left + 1, 0, 3'600'000)));
    if (ready > 0) return true;
    if (ready == 0 && Clock::now() >= until) return false;
    if (ready < 0 && errno != EINTR) return true;  // the call that follows tells why
  }
}

std::string reason(int error) { return std::strerror(error); }

Result<int> connect_one(const addrinfo& address, const std::string& name, Clock::time_point until) {
  const int socket = ::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return fail(Code::busy, "no socket: " + reason(errno), name);
  int error = ::connect(socket, address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
  if (error == EINPROGRESS) {
    if (!wait_for(socket, POLLOUT, until)) {
      ::close(socket);
      return fail(Code::timeout, "no connection in time", name);
    }
    socklen_t size = sizeof error;
    if (getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  }
  if (error != 0) {
    ::close(socket);
    return fail(Code::busy, "cannot connect: " + reason(error), name,
                "See whether the other side runs, and whether the address is right");
  }
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  return socket;
}

}  // namespace

Result<Client> Client::connect(const net::Endpoint& to, milliseconds within, std::size_t max_answer) {
  const auto until = Clock::now() + within;
  const auto name = to.text();
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (const int error = getaddrinfo(to.host.c_str(), std::to_string(to.port).c_str(), &hints, &list); error != 0)
    return fail(Code::bad_value, std::string("unknown host: ") + gai_strerror(error), name);
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> held(list, freeaddrinfo);
  Result<int> socket = fail(Code::busy, "no address", name);
  for (const auto* each = list; each != nullptr && !socket; each = each->ai_next)
    socket = connect_one(*each, name, until);
  if (!socket) return Failure(socket.error());
  return Client(*socket, max_answer);
}

Client::~Client() {
  if (socket_ >= 0) ::close(socket_);
}

void Client::interrupt() const { ::shutdown(socket_, SHUT_RDWR); }

Client::Client(Client&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      framing_(std::move(other.framing_)),
      events_(std::move(other.events_)),
      at_(other.at_) {}

Client& Client::operator=(Client&& other) noexcept {
  std::swap(socket_, other.socket_);
  std::swap(framing_, other.framing_);
  std::swap(events_, other.events_);
  std::swap(at_, other.at_);
  return *this;
}

// Gathers VT, body and FS CR, so that a message of many megabytes is not copied once more.
Result<void> Client::send(std::string_view message, milliseconds within) {
  const auto until = Clock::now() + within;
  const std::array<std::string_view, 3> parts{"\x0b", message, "\x1c\r"};
  std::size_t part = 0, offset = 0;
  while (part < parts.size()) {
    std::array<iovec, 3> gather;
    std::size_t count = 0;
    for (auto i = part; i < parts.size(); ++i) {
      const auto bytes = parts[i].substr(i == part ? offset : 0);
      gather[count++] = {const_cast<char*>(bytes.data()), bytes.size()};
    }
    msghdr header{};
    header.msg_iov = gather.data();
    header.msg_iovlen = count;
    auto sent = ::sendmsg(socket_, &header, MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
      if (!wait_for(socket_, POLLOUT, until)) return fail(Code::timeout, "the other side does not take the message");
      continue;
    }
    if (sent < 0) return fail(Code::busy, "the connection broke: " + reason(errno));
    offset += static_cast<std::size_t>(sent);
    while (part < parts.size() && offset >= parts[part].size()) offset -= parts[part++].size();
  }
  return {};
}

Result<std::string> Client::receive(milliseconds within) {
  const auto until = Clock::now() + within;
  std::array<char, 16384> chunk;
  bool closed = false;
  for (;;) {
    if (at_ < events_.size()) {
      auto event = std::move(events_[at_++]);
      if (event.kind == net::MllpEvent::Kind::message) return std::move(event.bytes);
      if (event.kind == net::MllpEvent::Kind::too_large) return fail(Code::too_large, "the answer is over the limit");
      return fail(Code::bad_syntax, std::string("the other side sent no frame: ") + event.why);
    }
    events_.clear();
    at_ = 0;
    if (closed) return fail(Code::busy, "the other side closed the connection");
    // After FS a short silence completes an answer whose sender leaves out the CR.
    const auto quiet = Clock::now() + milliseconds(300);
    const bool after_fs = framing_.waiting_after_fs() && quiet < until;
    if (!wait_for(socket_, POLLIN, after_fs ? quiet : until)) {
      if (!framing_.waiting_after_fs()) return fail(Code::timeout, "no answer in time");
      framing_.quiet(events_);
      continue;
    }
    const auto got = ::recv(socket_, chunk.data(), chunk.size(), 0);
    if (got > 0) {
      framing_.feed({chunk.data(), static_cast<std::size_t>(got)}, events_);
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
      framing_.finish(events_);
      closed = true;
    }
  }
}

bool Client::closed() const {
  char byte;
  const auto got = ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

Result<std::vector<std::string>> send_once(const net::Endpoint& to, std::string_view message, milliseconds within) {
  const auto until = Clock::now() + within;
  const auto left = [&] {
    return std::max(milliseconds(0), std::chrono::duration_cast<milliseconds>(until - Clock::now()));
  };
  YL_TRY(auto client, Client::connect(to, within));
  YL_CHECK(client.send(message, left()));
  auto expected = expected_answers(skim_header(message));
  std::vector<std::string> answers;
  while (expected.accept || expected.application) {
    auto answer = client.receive(left());
    if (!answer) {
      if (answers.empty() && !(expected.only_errors && answer.error().code == Code::timeout))
        return Failure(answer.error());
      break;
    }
    const auto said = skim_acknowledgement(*answer);
    // A refusal by the accept level ends it: no application will speak. An application's word needs no accept any more.
    if (said.application() || !said.accepted()) expected.application = false;
    expected.accept = false;
    answers.push_back(std::move(*answer));
  }
  return answers;
}

}  // namespace yilian::mllp
