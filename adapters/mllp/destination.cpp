#include "adapters/mllp/destination.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>

#include "adapters/mllp/acknowledgement.h"
#include "adapters/mllp/client.h"
#include "engine/base/log.h"

namespace yilian::mllp {
namespace {

using Clock = std::chrono::steady_clock;

Issue refusal(const Acknowledgement& said, const std::string& to) {
  // AE and CE: this message in this state; AR and CR: the message as such. Both are the other side's word, not the
  // line's fault.
  const bool reject = said.code == "AR" || said.code == "CR";
  const bool error = said.code == "AE" || said.code == "CE";
  if (!reject && !error)
    return {Code::bad_structure,
            Severity::error,
            to,
            "the answer is no acknowledgement (MSA-1 is \"" + said.code + "\")",
            {}};
  return {reject ? Code::not_allowed : Code::bad_value,
          Severity::error,
          to,
          "the other side answers " + said.code + (said.text.empty() ? "" : ": " + said.text),
          {}};
}

class Destination final : public sdk::Destination {
 public:
  explicit Destination(DestinationSettings settings) : settings_(std::move(settings)), to_(settings_.connect.text()) {}

  sdk::Delivery send(const sdk::Outgoing& outgoing) override {
    auto delivery = attempt(outgoing.body);
    if (delivery.outcome != Outcome::delivered && delivery.issue.where.empty()) delivery.issue.where = to_;
    return delivery;
  }

  void interrupt() override {
    interrupted_ = true;
    const std::lock_guard lock(mutex_);
    if (client_) client_->interrupt();
  }

 private:
  using Outcome = sdk::Delivery::Outcome;

  sdk::Delivery attempt(std::string_view message) {
    // That the other side closed in between is found out before sending, when a new connection costs nothing and leaves
    // nothing in doubt.
    if (client_ && client_->closed()) drop();
    if (!client_) {
      auto client = Client::connect(settings_.connect, settings_.connect_timeout, settings_.max_message);
      if (!client) return {Outcome::unreached, {}, client.error()};
      const std::lock_guard lock(mutex_);
      client_.emplace(std::move(*client));
    }
    if (interrupted_) return {Outcome::unreached, {}, {Code::busy, Severity::error, to_, "it is being stopped", {}}};
    if (auto sent = client_->send(message, settings_.answer_timeout); !sent) {
      drop();
      return {Outcome::unknown, {}, sent.error()};
    }
    const auto header = skim_header(message);
    const auto expected = expected_answers(header);
    if (!expected.accept && !expected.application) return {Outcome::delivered};
    return wait_answer(header, expected);
  }

  // The first answer that names our message. Answers to earlier messages are passed over: application acknowledgements
  // that follow an accept acknowledgement on the same connection, or what came too late.
  sdk::Delivery wait_answer(const Header& header, const Expected& expected) {
    const auto until = Clock::now() + settings_.answer_timeout;
    for (;;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
      auto answer = client_->receive(std::max(left, std::chrono::milliseconds(0)));
      if (!answer) {
        if (answer.error().code == Code::timeout && expected.only_errors && !interrupted_) return {Outcome::delivered};
        drop();  // else the late answer would stand before the next one
        return {Outcome::unknown, {}, answer.error()};
      }
      const auto said = skim_acknowledgement(*answer);
      if (!said.code.empty() && said.control_id != header.control_id) {
        log::warning("mllp", "answer to another message", {{"to", to_}, {"msa-2", said.control_id}});
        continue;
      }
      if (said.accepted()) return {Outcome::delivered, std::move(*answer)};
      const bool again = said.code != "AR" && said.code != "CR";
      return {Outcome::refused, std::move(*answer), refusal(said, to_), again};
    }
  }

  void drop() {
    const std::lock_guard lock(mutex_);
    client_.reset();
  }

  const DestinationSettings settings_;
  const std::string to_;
  std::atomic<bool> interrupted_{false};
  std::mutex mutex_;  // of client_ as such, which interrupt() may come to at any time; what it does is this thread's
  std::optional<Client> client_;
};

}  // namespace

std::unique_ptr<sdk::Destination> make_destination(DestinationSettings settings) {
  return std::make_unique<Destination>(std::move(settings));
}

}  // namespace yilian::mllp
