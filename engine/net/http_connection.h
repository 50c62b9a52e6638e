#pragma once
// One HTTP connection. Internal to engine/net; Beast stays in http_connection.cpp.

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
  HttpCore(HttpLimits limits_, Handler handler_, HttpServer::Refuse refuse_, std::shared_ptr<WorkerPool> pool_)
      : limits(limits_), handler(std::move(handler_)), refuse(std::move(refuse_)), pool(std::move(pool_)) {}

  const HttpLimits limits;
  const Handler handler;
  const HttpServer::Refuse refuse;
  const std::shared_ptr<WorkerPool> pool;

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
