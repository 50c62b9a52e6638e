#pragma once
// One sender's connection: frames are handed to the engine one after the other, the next only when the one before is
// answered.

#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "adapters/mllp/settings.h"
#include "adapters/sdk/adapter.h"
#include "engine/net/deadline.h"
#include "engine/net/mllp_framing.h"

namespace yilian::mllp {

class Connection;

// What the connections of one source share. `done` of the engine may come when the source is long gone: it finds `open`
// false here and goes.
struct SourceCore {
  explicit SourceCore(SourceSettings settings_) : settings(std::move(settings_)) {}
  const SourceSettings settings;
  sdk::Intake* intake = nullptr;

  std::mutex mutex;
  std::condition_variable gone;  // a connection has closed
  bool open = false;             // the runtime is there: posting to a connection is allowed
  bool stopping = false;
  std::unordered_set<std::shared_ptr<Connection>> connections;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(boost::asio::ip::tcp::socket socket, std::shared_ptr<SourceCore> core);

  void start();
  // Any thread while core.open. finish: closes when nothing is under way, else after it. abort: closes at once.
  void finish();
  void abort();
  boost::asio::ip::tcp::socket::executor_type executor() { return socket_.get_executor(); }

  // On the connection's thread: the engine's word on what is under way, and what it says afterwards.
  void answered(sdk::Answer answer);
  void say_later(const std::string& reply);

 private:
  void read_when_ready();
  void readable();
  void next();
  void hand_over(net::MllpEvent event);
  void say(const std::vector<std::string>& replies);
  void write();
  void wait();
  void expired();
  void close();
  std::function<void(sdk::Answer)> done();
  std::function<void(std::string)> later();

  boost::asio::ip::tcp::socket socket_;
  net::Deadline deadline_;
  const std::shared_ptr<SourceCore> core_;
  const std::string peer_;
  net::MllpFraming framing_;
  std::vector<net::MllpEvent> events_;  // found, not yet handed over: [at_, end)
  std::size_t at_ = 0;
  std::string out_;     // being written
  std::string queued_;  // to be written after it
  bool answering_ = false;  // the answer of what is under way is in one of them
  bool under_way_ = false;  // handed over, or its answer is being written
  bool peer_done_ = false;  // the peer sends no more
  bool mute_ = false;       // the peer hears no more
  bool stopping_ = false;
  bool junk_told_ = false;
  bool reading_ = false;  // an async_wait is pending
  bool closed_ = false;
};

}  // namespace yilian::mllp
