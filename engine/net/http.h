#pragma once
// HTTP/1.1 for the faces in engine/api: an accept loop on a few I/O threads, handlers on a bounded pool of workers,
// where they may block.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace yilian::net {

class Runtime;

struct Request {
  std::string method;                                      // "GET"
  std::string path;                                        // decoded, without the query: "/fhir/Patient"
  std::string target;                                      // as it came
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string peer;
  std::string_view header(std::string_view name) const;  // case-insensitive; empty when absent
};

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

using Handler = std::function<Response(const Request&)>;
// Whether the handler answers this without waiting, in well under a millisecond: it is then called on the connection's
// I/O thread, which saves two changes of threads.
using Quick = std::function<bool(const Request&)>;

struct HttpLimits {
  std::size_t body_bytes = 32u << 20;
  std::size_t header_bytes = 32u << 10;
  std::size_t connections = 1024;
  int idle_seconds = 60;
  int request_seconds = 60;  // from its first byte to its last
};

struct HttpOptions {
  std::string address = "127.0.0.1";
  unsigned short port = 8080;  // 0: any
  std::size_t io_threads = 2;  // of its own runtime, when none is given
  // A request that writes waits for the disk, and shares its commit with those that wait beside it; threads are made when
  // first needed, and what reads is bounded by the readers of the database.
  std::size_t workers = 64;
  // What only reads (GET, HEAD) has threads of its own, as many as the database has readers, and is begun in the order of
  // coming: more threads would only wait for each other, fewer would let a few long searches hold up the rest.
  std::size_t readers = 8;
  HttpLimits limits;
  std::shared_ptr<Runtime> runtime;  // I/O threads shared with others (engine/net/runtime.h)
};

class HttpServer {
 public:
  // `refuse` makes the body of a refusal that the server itself has to give (413, 400, 431, 408, 503): the face's own
  // error format.
  using Refuse = std::function<Response(int status, std::string_view why)>;
  HttpServer(HttpOptions options, Handler handler, Refuse refuse, Quick quick = {});
  ~HttpServer();
  Result<void> start();  // storage/bad_config when the port is taken
  unsigned short port() const;
  // No new connections; answers what is under way, up to the deadline, then closes. Waits for handlers that have begun,
  // however long: they bound themselves.
  void stop(int deadline_ms);

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

// application/x-www-form-urlencoded and URL queries. bad_value on a broken escape.
Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view text);
std::string percent_encode(std::string_view text);

}  // namespace yilian::net
