#include "engine/routing/acknowledgement.h"

#include <atomic>

#include "engine/base/time.h"
#include "engine/hl7v2/builder.h"

namespace yilian::routing {
namespace {

std::string one(const hl7v2::Message* message, std::string code, const Verdict& verdict, const Issue* issue) {
  hl7v2::Acknowledgement ack;
  ack.code = std::move(code);
  ack.control_id = new_control_id();
  ack.issue = issue;
  ack.charset = verdict.charset;
  return hl7v2::acknowledge(message, ack);
}

// Table 0155: AL always, NE never, ER on error or reject, SU on success; nothing is NE in enhanced mode.
bool wanted(std::string_view condition, bool success) {
  return condition == "AL" || (condition == "ER" && !success) || (condition == "SU" && success);
}

}  // namespace

std::string new_control_id() {
  // Microseconds of the start, then a counter: no two starts share the first part.
  static const std::uint64_t start = static_cast<std::uint64_t>(now());
  static std::atomic<std::uint64_t> counter{0};
  constexpr char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const auto put = [&](std::string& out, std::uint64_t value) {
    char text[13];
    int n = 0;
    do text[n++] = digits[value % 32];
    while ((value /= 32) != 0);
    while (n > 0) out.push_back(text[--n]);
  };
  std::string id = "Y";
  put(id, start);
  id.push_back('-');
  put(id, counter.fetch_add(1, std::memory_order_relaxed));
  return id;
}

bool accepts_first(const hl7v2::Message& message) { return wanted(message.field(0, 15), true); }

std::vector<std::string> answers(const hl7v2::Message* message, const Verdict& verdict) {
  const bool reject = verdict.issue != nullptr && facts(verdict.issue->code).reject;
  const bool success = verdict.issue == nullptr;
  const char* const application_code = success ? "AA" : reject ? "AR" : "AE";
  if (message == nullptr) return {one(nullptr, application_code, verdict, verdict.issue)};

  const std::size_t header = 0;
  const std::string_view accept = message->field(header, 15), application = message->field(header, 16);
  if (accept.empty() && application.empty()) return {one(message, application_code, verdict, verdict.issue)};

  // Enhanced: the accept answer speaks of safe keeping (a kept message with a fault inside is CA), the application answer of the content.
  std::vector<std::string> replies;
  const bool accepted = verdict.kept && !reject;
  if (wanted(accept, accepted)) {
    replies.push_back(one(message, accepted ? "CA" : verdict.kept ? "CR" : "CE", verdict, accepted ? nullptr : verdict.issue));
  }
  if (accepted && wanted(application, success)) replies.push_back(one(message, application_code, verdict, verdict.issue));
  return replies;
}

}  // namespace yilian::routing
