#include "engine/net/listener.h"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>

#include "engine/base/log.h"
#include "engine/net/handover.h"

namespace yilian::net {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

Endpoint endpoint_of(const tcp::endpoint& from) { return {from.address().to_string(), from.port()}; }

Failure cannot_listen(const Endpoint& endpoint, const error_code& error) {
  return fail(Code::bad_config, "cannot listen on " + endpoint.text() + ": " + error.message(), {},
              error == asio::error::address_in_use ? "Another program holds this port: stop it, or choose another port"
                                                   : "Choose an address of this machine");
}

}  // namespace

std::string peer_of(const tcp::socket& socket) {
  error_code error;
  const auto peer = socket.remote_endpoint(error);
  return error ? std::string() : endpoint_of(peer).text();
}

Listener::Listener(std::shared_ptr<Runtime> runtime, Accepted accepted)
    : runtime_(runtime), acceptor_(runtime->next()), pause_(acceptor_.get_executor()), accepted_(std::move(accepted)) {}

Result<std::shared_ptr<Listener>> Listener::open(std::shared_ptr<Runtime> runtime, const Endpoint& endpoint,
                                                 Accepted accepted) {
  std::shared_ptr<Listener> listener(new Listener(std::move(runtime), std::move(accepted)));
  auto& acceptor = listener->acceptor_;
  error_code error;
  tcp::resolver resolver(acceptor.get_executor());
  const auto found = resolver.resolve(endpoint.host, std::to_string(endpoint.port), tcp::resolver::passive, error);
  if (error || found.empty()) return cannot_listen(endpoint, error);
  const tcp::endpoint address = *found.begin();
  if (const auto inherited = inherited_socket(endpoint_of(address))) {
    acceptor.assign(address.protocol(), *inherited, error);
  } else {
    acceptor.open(address.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(address, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  }
  if (error) return cannot_listen(endpoint, error);
  listener->endpoint_ = endpoint_of(acceptor.local_endpoint(error));
  asio::post(acceptor.get_executor(), [listener] { listener->accept(); });
  return listener;
}

void Listener::accept() {
  const auto runtime = runtime_.lock();
  if (!runtime || !open_) return;
  acceptor_.async_accept(runtime->next(), [self = shared_from_this()](const error_code& error, tcp::socket socket) {
    if (!self->open_) return;
    if (error) {
      // Out of descriptors or memory: those who wait stay in the backlog. Asking again at once would spin.
      if (error != asio::error::connection_aborted) log::warning("net", "cannot accept", {{"why", error.message()}});
      self->pause_.expires_after(std::chrono::milliseconds(100));
      self->pause_.async_wait([self](const error_code& stopped) {
        if (!stopped) self->accept();
      });
      return;
    }
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
    const auto executor = socket.get_executor();
    asio::dispatch(executor, [self, peer = std::move(socket)]() mutable {
      if (self->open_) self->accepted_(std::move(peer));
    });
    self->accept();
  });
}

void Listener::close() {
  if (!open_.exchange(false)) return;
  std::promise<void> closed;
  asio::post(acceptor_.get_executor(), [&] {
    error_code ignored;
    keep_socket(acceptor_.native_handle(), endpoint_);
    acceptor_.close(ignored);
    pause_.cancel();
    closed.set_value();
  });
  closed.get_future().wait();
}

}  // namespace yilian::net
