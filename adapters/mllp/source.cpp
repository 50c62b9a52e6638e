#include "adapters/mllp/source.h"

#include "adapters/mllp/connection.h"
#include "engine/base/log.h"
#include "engine/net/listener.h"

namespace yilian::mllp {
namespace {

using boost::asio::ip::tcp;
using std::chrono::milliseconds;

void accept(tcp::socket socket, const std::shared_ptr<SourceCore>& core) {
  boost::system::error_code error;
  const auto peer = socket.remote_endpoint(error);
  if (error) return;
  const auto address = peer.address().to_string();
  const auto& settings = core->settings;
  if (!settings.allow.empty() && !settings.allow.contains(address)) {
    log::warning("mllp", "peer not allowed", {{"peer", address}, {"listen", settings.listen.text()}});
    return;
  }
  const auto connection = std::make_shared<Connection>(std::move(socket), core);
  {
    const std::lock_guard lock(core->mutex);
    if (core->stopping) return;
    if (core->connections.size() >= settings.connections) {
      log::warning("mllp", "too many connections", {{"peer", address}, {"listen", settings.listen.text()}});
      return;
    }
    core->connections.insert(connection);
  }
  connection->start();
}

class Source final : public sdk::Source {
 public:
  explicit Source(SourceSettings settings) : core_(std::make_shared<SourceCore>(std::move(settings))) {}
  ~Source() override { stop(milliseconds(0)); }

  Result<void> start(sdk::Intake& intake) override {
    {
      const std::lock_guard lock(core_->mutex);
      core_->intake = &intake;
      core_->open = true;
      core_->stopping = false;
    }
    runtime_ = net::Runtime::shared();
    YL_TRY(listener_, net::Listener::open(runtime_, core_->settings.listen,
                                          [core = core_](tcp::socket socket) { accept(std::move(socket), core); }));
    address_ = listener_->endpoint().text();
    return {};
  }

  void stop(milliseconds deadline) override {
    if (!listener_) return;
    listener_->close();
    for (const auto& connection : stopping()) connection->finish();
    std::unique_lock lock(core_->mutex);
    const auto none = [&] { return core_->connections.empty(); };
    if (!core_->gone.wait_for(lock, deadline, none)) {
      lock.unlock();
      for (const auto& connection : stopping()) connection->abort();
      lock.lock();
      // Without a bound: a thread that is still inside Intake::take must leave it before the engine may go on to close.
      core_->gone.wait(lock, none);
    }
    core_->open = false;
    lock.unlock();
    listener_.reset();
    runtime_.reset();
  }

  std::string address() const override { return address_.empty() ? core_->settings.listen.text() : address_; }

 private:
  // From here on no connection is added; gives those that are there.
  std::vector<std::shared_ptr<Connection>> stopping() {
    const std::lock_guard lock(core_->mutex);
    core_->stopping = true;
    return {core_->connections.begin(), core_->connections.end()};
  }

  const std::shared_ptr<SourceCore> core_;
  std::shared_ptr<net::Runtime> runtime_;
  std::shared_ptr<net::Listener> listener_;
  std::string address_;
};

}  // namespace

std::unique_ptr<sdk::Source> make_source(SourceSettings settings) {
  return std::make_unique<Source>(std::move(settings));
}

}  // namespace yilian::mllp
