#pragma once
// An accepting socket. What it accepts is dealt out to the runtime's threads in turn. For .cpp files: it brings Asio
// with it.

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>

#include "engine/base/result.h"
#include "engine/net/endpoint.h"
#include "engine/net/runtime.h"

namespace yilian::net {

class Listener : public std::enable_shared_from_this<Listener> {
 public:
  // Called on the I/O thread that the socket belongs to; TCP_NODELAY and keep-alive are set.
  using Accepted = std::function<void(boost::asio::ip::tcp::socket)>;

  // bad_config when the address is not to be had (taken, not ours, unknown name). SO_REUSEADDR is set.
  static Result<std::shared_ptr<Listener>> open(std::shared_ptr<Runtime> runtime, const Endpoint& endpoint,
                                                Accepted accepted);

  const Endpoint& endpoint() const { return endpoint_; }  // the real one, when port 0 was asked for
  // Accepts no more; returns when the port is free. What was accepted and not yet handed over is closed. Any thread but
  // an I/O thread.
  void close();

 private:
  Listener(std::shared_ptr<Runtime> runtime, Accepted accepted);
  void accept();

  std::weak_ptr<Runtime> runtime_;  // weak: pending handlers hold this object, and the runtime holds them
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  Accepted accepted_;
  Endpoint endpoint_;
  std::atomic<bool> open_{true};
};

// "127.0.0.1:40112", "[::1]:40112"; empty when the peer is gone already.
std::string peer_of(const boost::asio::ip::tcp::socket& socket);

}  // namespace yilian::net
