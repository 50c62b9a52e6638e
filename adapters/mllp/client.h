#pragma once
// The sender's side of MLLP, blocking: one connection, one message after the other.

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/net/endpoint.h"
#include "engine/net/mllp_framing.h"

namespace yilian::mllp {

using std::chrono::milliseconds;

class Client {
 public:
  // busy when nobody answers there, timeout, bad_value for a name that is none.
  static Result<Client> connect(const net::Endpoint& to, milliseconds within, std::size_t max_answer = 64u << 20);
  ~Client();
  Client(Client&& other) noexcept;
  Client& operator=(Client&& other) noexcept;

  // Sends one message in a frame. timeout when the other side does not take it, busy when the connection is gone: it
  // may or may not have arrived.
  Result<void> send(std::string_view message, milliseconds within);
  // The next answer's bytes. timeout; busy when the other side closed; bad_syntax for bytes that are no frame;
  // too_large.
  Result<std::string> receive(milliseconds within);
  // Whether the other side has closed or reset the connection and all it said has been read. Does not block.
  bool closed() const;
  // Any thread, while the client lives: who waits in send or receive finds the connection gone.
  void interrupt() const;

 private:
  Client(int socket, std::size_t max_answer) : socket_(socket), framing_(max_answer) {}
  int socket_ = -1;
  net::MllpFraming framing_;
  std::vector<net::MllpEvent> events_;
  std::size_t at_ = 0;
};

// Connects, sends, and reads the answers that MSH-15 and MSH-16 ask for (the accept and the application
// acknowledgement, or one in original mode), until they are there, the other side closes, or the time is over. Fails
// when not even one of those that must come has come.
Result<std::vector<std::string>> send_once(const net::Endpoint& to, std::string_view message, milliseconds within);

}  // namespace yilian::mllp
