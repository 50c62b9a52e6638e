#pragma once
// One HTTP connection. Internal to engine/net; Beast stays in http_connection.cpp.

#include <algorithm>
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "engine/net/http.h"
#include "engine/net/worker_pool.h"

namespace yilian::net {

class HttpConnection {
 public:
  virtual ~HttpConnection() = default;
  // Any thread. drain: closes when idle, else after the answer under way. abort: closes at once.
  virtual void drain() = 0;
  virtual void abort() = 0;
};

// What the connections of one server share.
struct HttpCore {
  HttpCore(const HttpOptions& options, Handler handler_, HttpServer::Refuse refuse_, Quick quick_)
      : limits(options.limits),
        handler(std::move(handler_)),
        refuse(std::move(refuse_)),
        quick(std::move(quick_)),
        // A connection has one request under way, so a queue's bound follows from theirs; at least one may always wait.
        workers(options.workers, std::max<std::size_t>(1, options.limits.connections)),
        readers(options.readers, std::max<std::size_t>(1, options.limits.connections)) {}

  const HttpLimits limits;
  const Handler handler;
  const HttpServer::Refuse refuse;
  const Quick quick;  // may be empty
  WorkerPool workers, readers;

  // The refusal as the face words it; a plain one when the face itself throws.
  Response refusal(int status, std::string_view why) const;

  std::mutex mutex;
  std::condition_variable gone;  // a connection was destroyed
  std::atomic<bool> draining{false};
  std::unordered_map<HttpConnection*, std::weak_ptr<HttpConnection>> connections;
};

// Serves the socket until it closes. On the socket's own I/O thread.
void serve_http(boost::asio::ip::tcp::socket socket, std::shared_ptr<HttpCore> core);

}  // namespace yilian::net
