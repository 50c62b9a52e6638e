#include "adapters/mllp/connection.h"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <utility>

#include "engine/base/log.h"
#include "engine/net/listener.h"

namespace yilian::mllp {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;
using Kind = net::MllpEvent::Kind;

namespace {

constexpr std::size_t kChunk = 64u << 10;
constexpr int kChunksAtOnce = 16;  // then the other connections of this thread have their turn
constexpr milliseconds kWriteTimeout{60'000};
constexpr milliseconds kJunkQuiet{1'000};  // then what is no frame is told, once a connection
constexpr milliseconds kStoppingQuiet{1'000};

}  // namespace

Connection::Connection(tcp::socket socket, std::shared_ptr<SourceCore> core)
    : socket_(std::move(socket)),
      deadline_(socket_.get_executor()),
      core_(std::move(core)),
      peer_(net::peer_of(socket_)),
      framing_(core_->settings.max_message) {}

void Connection::start() {
  deadline_.watch(weak_from_this(), [this] { expired(); });
  error_code ignored;
  socket_.non_blocking(true, ignored);
  wait();
}

void Connection::finish() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->stopping_ = true;
    if (!self->under_way_ && !self->closed_) self->wait();
  });
}

void Connection::abort() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->close(); });
}

// Waits for the next bytes, with the deadline that fits what has come so far. No buffer is held meanwhile.
void Connection::wait() {
  const auto& settings = core_->settings;
  const bool begun = framing_.inside();
  if (peer_done_ || (stopping_ && !begun)) return close();
  if (framing_.waiting_after_fs()) {
    deadline_.set(settings.quiet_after_fs);
  } else if (begun) {
    deadline_.set(stopping_ ? std::min(kStoppingQuiet, settings.frame_timeout) : settings.frame_timeout);
  } else if (framing_.junk() && !junk_told_) {
    deadline_.set(kJunkQuiet);
  } else {
    deadline_.set(settings.idle_timeout);
  }
  read_when_ready();
}

void Connection::read_when_ready() {
  if (reading_) return;
  reading_ = true;
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](const error_code& error) {
    self->reading_ = false;
    if (!error && !self->closed_ && !self->under_way_) self->readable();
  });
}

void Connection::readable() {
  thread_local std::string chunk(kChunk, '\0');
  for (int i = 0; i < kChunksAtOnce && events_.empty(); ++i) {
    error_code error;
    const auto count = socket_.read_some(asio::buffer(chunk), error);
    if (error == asio::error::would_block) break;
    if (error) {
      peer_done_ = true;
      mute_ = error != asio::error::eof;
      framing_.finish(events_);
      break;
    }
    framing_.feed(std::string_view(chunk).substr(0, count), events_);
    if (count < chunk.size()) break;
  }
  next();
}

void Connection::next() {
  if (at_ == events_.size()) {
    events_ = {};
    at_ = 0;
    return wait();
  }
  under_way_ = true;
  deadline_.set(std::nullopt);
  hand_over(std::move(events_[at_++]));
}

void Connection::hand_over(net::MllpEvent event) {
  if (event.kind == Kind::message) return core_->intake->take({std::move(event.bytes), peer_, later()}, done());
  sdk::Noise noise{std::move(event.bytes), event.size, peer_, event.why};
  // A frame that was whole but too large has a sender who waits for a word. Nobody waits for an answer to anything
  // else.
  if (event.kind == Kind::too_large) {
    noise.answer = true;
    noise.code = Code::too_large;
  }
  core_->intake->noise(std::move(noise), done());
}

namespace {

// What the engine calls back with, on whatever thread and however late.
template <class Said>
std::function<void(Said)> posted(const std::shared_ptr<SourceCore>& core, const std::weak_ptr<Connection>& weak,
                                 void (*tell)(Connection&, Said&)) {
  return [core, weak, tell](Said said) {
    const std::lock_guard lock(core->mutex);
    if (!core->open) return;
    auto self = weak.lock();
    if (!self) return;
    const auto executor = self->executor();
    asio::post(executor, [self = std::move(self), said = std::move(said), tell]() mutable { tell(*self, said); });
  };
}

}  // namespace

std::function<void(sdk::Answer)> Connection::done() {
  return posted<sdk::Answer>(core_, weak_from_this(), [](Connection& self, sdk::Answer& answer) { self.answered(std::move(answer)); });
}

std::function<void(std::string)> Connection::later() {
  return posted<std::string>(core_, weak_from_this(), [](Connection& self, std::string& reply) { self.say_later(reply); });
}

void Connection::answered(sdk::Answer answer) {
  if (closed_) return;
  if (!answer.replies.empty() && !mute_) return say(answer.replies);
  under_way_ = false;
  next();
}

void Connection::say(const std::vector<std::string>& replies) {
  for (const auto& reply : replies) queued_ += net::mllp_frame(reply);
  answering_ = true;
  deadline_.set(kWriteTimeout);
  if (out_.empty()) write();
}

void Connection::say_later(const std::string& reply) {
  if (closed_ || mute_) return;
  queued_ += net::mllp_frame(reply);
  if (out_.empty()) write();
}

void Connection::write() {
  out_ = std::exchange(queued_, {});
  asio::async_write(socket_, asio::buffer(out_), [self = shared_from_this()](const error_code& error, std::size_t) {
    if (self->closed_) return;
    self->out_ = {};
    // Who hears no more may still have sent whole messages: they are taken, and their sender will ask again.
    if (error) {
      self->mute_ = true;
      self->queued_ = {};
    }
    if (!self->queued_.empty()) return self->write();
    if (!std::exchange(self->answering_, false)) return;
    self->under_way_ = false;
    self->next();
  });
}

void Connection::expired() {
  if (under_way_) {
    log::warning("mllp", "peer takes no answers", {{"peer", peer_}});
    mute_ = true;
    error_code ignored;
    socket_.cancel(ignored);
    return;
  }
  if (framing_.waiting_after_fs()) {
    framing_.quiet(events_);
  } else if (framing_.inside()) {
    framing_.finish(events_);
    for (auto& event : events_)
      if (event.kind == Kind::noise) event.why = "silent inside a frame";
    peer_done_ = true;
  } else if (framing_.junk() && !junk_told_) {
    junk_told_ = true;
    framing_.flush_junk(events_);
  } else {
    framing_.finish(events_);
    peer_done_ = true;
  }
  next();
}

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  error_code ignored;
  socket_.close(ignored);
  deadline_.cancel();
  const std::lock_guard lock(core_->mutex);
  core_->connections.erase(shared_from_this());
  core_->gone.notify_all();
}

}  // namespace yilian::mllp
