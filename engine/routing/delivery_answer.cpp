#include "engine/routing/delivery_answer.h"

#include "engine/hl7v2/message.h"
#include "engine/routing/acknowledgement.h"

namespace yilian::routing {
namespace {

// Whether an answer names this message (MSA-2 and MSH-10).
bool speaks_of(std::string_view answer, std::string_view raw) {
  const auto said = hl7v2::read(answer, text::Charset::latin1), message = hl7v2::read(raw, text::Charset::latin1);
  if (!said || !message) return false;
  const std::size_t msa = said->message.find("MSA");
  return msa != hl7v2::Message::npos && said->message.field(msa, 2) == message->message.control_id();
}

}  // namespace

void answer_after_delivery(const Feed& feed, std::string_view raw, const Patience::Outcome& outcome, const std::function<std::string(std::int64_t)>& name_of, Processed& processed) {
  Issue issue{Code::timeout, Severity::error, "", "the message is kept, and not delivered yet", "send it again to hear what became of it"};
  bool well = outcome.in_time;
  for (const journal::Delivery& each : outcome.ended) {
    const std::string name = name_of(each.destination);
    if (name == feed.answer_from && !each.answer.empty() && speaks_of(each.answer, raw)) {
      processed.replies.resize(processed.accepts_first ? 1 : 0);
      processed.replies.push_back(each.answer);
      processed.accepted = each.fate == journal::Fate::delivered;
      return;
    }
    if (each.fate == journal::Fate::delivered) continue;
    well = false;
    issue = {Code::bad_value, Severity::error, name, "the message is kept, and was not delivered: " + each.error, "people find it among the dead letters"};
  }
  if (well) return;
  const auto read = hl7v2::read(raw, feed.charset);
  processed.accepted = false;
  processed.replies = answers(read ? &read->message : nullptr, {true, &issue, read ? read->charset : text::Charset::utf8});
}

}  // namespace yilian::routing
