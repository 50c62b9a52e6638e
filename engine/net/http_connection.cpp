#include "engine/net/http_connection.h"

#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>

#include "engine/base/log.h"
#include "engine/net/content_coding.h"
#include "engine/net/deadline.h"
#include "engine/net/http_text.h"
#include "engine/net/listener.h"

namespace yilian::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::seconds;

constexpr std::size_t kFirstRead = 4u << 10;
constexpr std::size_t kRefusedAtOnce = 64;        // connections over the limit that are still told so
constexpr std::size_t kSlowestWrite = 64u << 10;  // bytes a second; a client that takes less holds a response too long
constexpr seconds kLinger{2};
constexpr std::size_t kLongAnswer = 64u << 10;  // packing it takes a millisecond
constexpr std::size_t kLingerBytes = 64u << 20;

struct Refused {
  int status;
  std::string_view why;
};

// What Beast's parser says, as a status; 0 when the line just broke.
Refused refused(const error_code& error) {
  if (error.category() != http::make_error_code(http::error::bad_method).category()) return {0, {}};
  if (error == http::error::end_of_stream || error == http::error::partial_message) return {0, {}};
  if (error == http::error::body_limit) return {413, "the body is larger than this server takes"};
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    return {431, "the header is larger than this server takes"};
  if (error == http::error::bad_version) return {505, "this server speaks HTTP/1.0 and HTTP/1.1"};
  return {400, "this is not a well-formed HTTP request"};
}

class Connection final : public HttpConnection, public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, std::shared_ptr<HttpCore> core)
      : socket_(std::move(socket)),
        deadline_(socket_.get_executor()),
        core_(std::move(core)),
        peer_(peer_of(socket_)) {}

  ~Connection() override {
    const std::lock_guard lock(core_->mutex);
    core_->connections.erase(this);
    core_->gone.notify_all();
  }

  void start() {
    error_code ignored;
    socket_.non_blocking(true, ignored);
    deadline_.watch(weak_from_this(), [this] { expired(); });
    bool full = false;
    {
      const std::lock_guard lock(core_->mutex);
      const auto count = core_->connections.size();
      if (count >= core_->limits.connections + kRefusedAtOnce) return;
      full = count >= core_->limits.connections;
      core_->connections.emplace(this, weak_from_this());
    }
    if (full) return refuse({503, "too many connections at this moment"});
    wait_request();
  }

  void drain() override {
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
      if (self->phase_ == Phase::idle) self->close();
    });
  }
  void abort() override {
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
      // While a worker has the request, the socket is the worker's.
      if (self->phase_ == Phase::handling) self->aborted_ = true;
      if (self->phase_ != Phase::handling) self->close();
    });
  }

 private:
  using Parser = http::request_parser<http::string_body>;
  enum class Phase { idle, reading, handling, writing, lingering };

  bool draining() const { return core_->draining; }

  void wait_request() {
    parser_.reset();
    head_request_ = false;
    if (buffer_.size() > 0) {  // the next one came along with the last; others have their turn first
      asio::post(socket_.get_executor(), [self = shared_from_this()] { self->read_header(); });
      return;
    }
    if (draining()) return close();
    buffer_ = beast::flat_buffer(core_->limits.header_bytes + kFirstRead + 65536);
    enter(Phase::idle, seconds(core_->limits.idle_seconds));
    socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](const error_code& error) {
      if (!error) self->first_read();
    });
  }

  // Most requests are there whole once the line can be read: that costs one call and no further turn of the I/O loop.
  void first_read() {
    error_code error;
    buffer_.commit(socket_.read_some(buffer_.prepare(kFirstRead), error));
    if (error == asio::error::would_block) return wait_request();
    if (error) return close();
    read_header();
  }

  void read_header() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(core_->limits.header_bytes));
    parser_->body_limit(core_->limits.body_bytes);
    enter(Phase::reading, seconds(core_->limits.request_seconds));
    if (const auto error = parse(); error && error != http::error::need_more) return failed(error);
    if (parser_->is_header_done()) return on_header();
    http::async_read_header(socket_, buffer_, *parser_,
                            [self = shared_from_this()](const error_code& error, std::size_t) {
                              if (error) return self->failed(error);
                              self->on_header();
                            });
  }

  // As far as what has come allows: the header, and once that is done the body.
  error_code parse() {
    error_code error;
    parser_->eager(parser_->is_header_done());
    buffer_.consume(parser_->put(buffer_.data(), error));
    return error;
  }

  void on_header() {
    const auto& message = parser_->get();
    head_request_ = message.method() == http::verb::head;
    keep_alive_ = parser_->keep_alive();
    if (const auto problem = check_header()) return refuse(*problem);
    if (parser_->is_done()) return handle();
    if (message.find(http::field::expect) == message.end() || buffer_.size() > 0) return read_body();
    static constexpr std::string_view go = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(socket_, asio::buffer(go.data(), go.size()),
                      [self = shared_from_this()](const error_code& error, std::size_t) {
                        if (error) return self->failed(error);
                        self->read_body();
                      });
  }

  // What a well-formed header may still not say.
  std::optional<Refused> check_header() const {
    const auto& message = parser_->get();
    const auto hosts = message.count(http::field::host);
    if (hosts > 1 || (hosts == 0 && message.version() >= 11)) return Refused{400, "the request needs one Host header"};
    const auto codings = message.equal_range(http::field::transfer_encoding);
    if (codings.first != codings.second) {
      if (message.version() < 11) return Refused{400, "HTTP/1.0 has no transfer codings"};
      if (std::next(codings.first) != codings.second || !beast::iequals(codings.first->value(), "chunked"))
        return Refused{501, "this server knows no transfer coding but chunked"};
    }
    const auto expect = message.find(http::field::expect);
    if (expect != message.end() && !beast::iequals(expect->value(), "100-continue"))
      return Refused{417, "this server meets no expectation but 100-continue"};
    return std::nullopt;
  }

  void read_body() {
    if (buffer_.size() > 0) {
      if (const auto error = parse(); error && error != http::error::need_more) return failed(error);
      if (parser_->is_done()) return handle();
    }
    http::async_read(socket_, buffer_, *parser_, [self = shared_from_this()](const error_code& error, std::size_t) {
      if (error) return self->failed(error);
      self->handle();
    });
  }

  void failed(const error_code& error) {
    if (phase_ != Phase::reading) return close();
    if (timed_out_) return refuse({408, "the request took too long to arrive"});
    const auto problem = refused(error);
    if (problem.status == 0) return close();
    refuse(problem);
  }

  void handle() {
    auto& message = parser_->get();
    Request request;
    request.target = std::string(message.target());
    auto target = read_target(request.target);
    if (!target) return respond(core_->refusal(400, target.error().what), keep_alive_);
    auto query = parse_query(target->query);
    if (!query) return respond(core_->refusal(400, "the query holds a broken percent escape"), keep_alive_);
    request.method = std::string(message.method_string());
    request.path = std::move(target->path);
    request.query = std::move(*query);
    for (const auto& field : message) request.headers.emplace_back(field.name_string(), field.value());
    request.body = std::move(message.body());
    request.peer = peer_;
    parser_.reset();
    enter(Phase::handling, std::nullopt);
    if (core_->quick && core_->quick(request)) return answer(std::move(request));
    const bool reads = request.method == "GET" || request.method == "HEAD";
    work(reads ? core_->readers : core_->workers, [self = shared_from_this(), request = std::move(request)]() mutable {
      return self->call(request, [](const Response&) { return true; });
    });
  }

  // On the I/O thread; but what is long to pack and to send is handed on.
  void answer(Request request) {
    Response response = call(request, [](const Response& made) { return made.body.size() <= kLongAnswer; });
    if (response.body.size() <= kLongAnswer) return respond(std::move(response), keep_alive_);
    work(core_->readers, [request = std::move(request), response = std::move(response)]() mutable {
      encode_body(request, response);
      return std::move(response);
    });
  }

  template <class Make>
  void work(WorkerPool& pool, Make make) {
    const bool taken = pool.run([self = shared_from_this(), make = std::move(make)]() mutable {
      // Written from here, as far as the socket takes it at once: the client has its answer a change of threads earlier.
      const bool keep = self->compose(make(), self->keep_alive_);
      error_code error;
      const auto written = self->socket_.write_some(self->parts(0), error);
      asio::post(self->socket_.get_executor(), [self, error, written, keep] { self->written(error, written, keep); });
    });
    if (!taken) respond(core_->refusal(503, "too much is under way at this moment"), keep_alive_);
  }

  // `encodes` says whether what was made is packed here.
  template <class Encodes>
  Response call(Request& request, Encodes encodes) const {
    try {
      if (const auto problem = decode_body(request, core_->limits.body_bytes)) return core_->refusal(problem->status, problem->why);
      Response response = core_->handler(request);
      if (encodes(response)) encode_body(request, response);
      return response;
    } catch (const std::exception& e) {
      log::error("http", "handler threw", {{"method", request.method}, {"what", e.what()}});
    } catch (...) {
      log::error("http", "handler threw", {{"method", request.method}});
    }
    return core_->refusal(500, "the server failed at this request");
  }

  // What follows the refused request on the line is not understood: the connection ends.
  void refuse(const Refused& problem) {
    rest_unread_ = true;
    respond(core_->refusal(problem.status, problem.why), false);
  }

  void respond(Response response, bool keep) {
    keep = compose(std::move(response), keep);
    error_code error;
    const auto count = socket_.write_some(parts(0), error);
    written(error, count, keep);
  }

  // Gives whether the line is kept.
  bool compose(Response response, bool keep) {
    for (const auto& [name, value] : response.headers)
      if (beast::iequals(name, "connection") && beast::iequals(value, "close")) keep = false;
    keep = keep && !draining();
    const auto reason = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(response.status)));
    head_ = response_head(response, {reason.data(), reason.size()}, keep);
    body_ = head_request_ || !may_have_body(response.status) ? std::string() : std::move(response.body);
    return keep;
  }

  std::array<asio::const_buffer, 2> parts(std::size_t done) const {
    std::array<asio::const_buffer, 2> both{asio::buffer(head_), asio::buffer(body_)};
    both[0] += done;
    both[1] += done - std::min(done, head_.size());
    return both;
  }

  // What the socket took at once; the rest follows as it takes more.
  void written(const error_code& error, std::size_t count, bool keep) {
    enter(Phase::writing, seconds(core_->limits.idle_seconds) + seconds(body_.size() / kSlowestWrite));
    if (aborted_ || (error && error != asio::error::would_block)) return close();
    if (count == head_.size() + body_.size()) return responded(keep);
    asio::async_write(socket_, parts(count), [self = shared_from_this(), keep](const error_code& failure, std::size_t) {
      if (failure) return self->close();
      self->responded(keep);
    });
  }

  void responded(bool keep) {
    head_ = {};
    body_ = {};
    if (keep) return wait_request();
    if (rest_unread_) return linger();
    close();
  }

  // Closing while the client still sends would reset the line, and the refusal would be lost with it.
  void linger() {
    parser_.reset();
    buffer_ = {};
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    enter(Phase::lingering, kLinger);
    drained_.resize(16u << 10);
    discard();
  }

  void discard() {
    socket_.async_read_some(asio::buffer(drained_),
                            [self = shared_from_this()](const error_code& error, std::size_t count) {
                              self->discarded_ += count;
                              if (error || self->discarded_ > kLingerBytes) return self->close();
                              self->discard();
                            });
  }

  void enter(Phase phase, std::optional<Deadline::Clock::duration> within) {
    phase_ = phase;
    timed_out_ = false;
    deadline_.set(within);
  }

  void expired() {
    if (phase_ != Phase::reading) return close();
    timed_out_ = true;
    error_code ignored;
    socket_.cancel(ignored);
    // A read that had just completed escapes the cancellation: ask again soon.
    deadline_.set(std::chrono::milliseconds(50));
  }

  void close() {
    error_code ignored;
    socket_.close(ignored);
    deadline_.cancel();
  }

  tcp::socket socket_;
  Deadline deadline_;
  const std::shared_ptr<HttpCore> core_;
  const std::string peer_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  Phase phase_ = Phase::idle;
  bool head_request_ = false;
  bool keep_alive_ = false;
  bool rest_unread_ = false;
  bool timed_out_ = false;
  bool aborted_ = false;
  std::string head_, body_;
  std::string drained_;
  std::size_t discarded_ = 0;
};

}  // namespace

Response HttpCore::refusal(int status, std::string_view why) const {
  try {
    auto response = refuse(status, why);
    response.status = status;
    return response;
  } catch (const std::exception& e) {
    log::error("http", "refusal threw", {{"what", e.what()}});
    return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::string(why) + "\n"};
  }
}

void serve_http(tcp::socket socket, std::shared_ptr<HttpCore> core) {
  std::make_shared<Connection>(std::move(socket), std::move(core))->start();
}

}  // namespace yilian::net
