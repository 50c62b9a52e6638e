#include <algorithm>
#include <vector>

#include "engine/net/http_connection.h"
#include "engine/net/listener.h"

namespace yilian::net {
using std::chrono::milliseconds;

struct HttpServer::Inner {
  HttpOptions options;
  std::shared_ptr<HttpCore> core;
  std::shared_ptr<Runtime> runtime;
  std::shared_ptr<Listener> listener;

  template <class F>
  void each(F call) {
    std::vector<std::shared_ptr<HttpConnection>> all;
    {
      const std::lock_guard lock(core->mutex);
      for (auto& [key, weak] : core->connections)
        if (auto connection = weak.lock()) all.push_back(std::move(connection));
    }
    for (auto& connection : all) call(*connection);
  }

  bool wait_gone(milliseconds deadline) {
    std::unique_lock lock(core->mutex);
    return core->gone.wait_for(lock, deadline, [&] { return core->connections.empty(); });
  }
};

HttpServer::HttpServer(HttpOptions options, Handler handler, Refuse refuse, Quick quick) : inner_(std::make_unique<Inner>()) {
  inner_->core = std::make_shared<HttpCore>(options, std::move(handler), std::move(refuse), std::move(quick));
  inner_->runtime = options.runtime;
  inner_->options = std::move(options);
}

HttpServer::~HttpServer() { stop(0); }

Result<void> HttpServer::start() {
  auto& inner = *inner_;
  if (!inner.runtime) inner.runtime = std::make_shared<Runtime>(inner.options.io_threads);
  YL_TRY(inner.listener, Listener::open(inner.runtime, {inner.options.address, inner.options.port},
                                        [core = inner.core](boost::asio::ip::tcp::socket socket) {
                                          serve_http(std::move(socket), core);
                                        }));
  return {};
}

unsigned short HttpServer::port() const { return inner_->listener ? inner_->listener->endpoint().port : 0; }

void HttpServer::stop(int deadline_ms) {
  auto& inner = *inner_;
  if (!inner.listener) return;
  inner.listener->close();
  inner.core->draining = true;
  inner.each([](HttpConnection& connection) { connection.drain(); });
  if (!inner.wait_gone(milliseconds(deadline_ms))) inner.each([](HttpConnection& connection) { connection.abort(); });
  inner.core->readers.stop();
  inner.core->workers.stop();
  inner.wait_gone(milliseconds(1000));
  inner.listener.reset();
  inner.runtime.reset();
}

}  // namespace yilian::net
