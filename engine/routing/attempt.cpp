#include "engine/routing/attempt.h"

#include "engine/base/steady.h"

namespace yilian::routing {
namespace {

using Outcome = sdk::Delivery::Outcome;

constexpr std::size_t kMostAnswer = 64 * 1024;  // of the other side's bytes that are kept

Attempt begin(Parcel parcel, std::int64_t destination) {
  Attempt out{std::move(parcel), {}, journal::Fate::queued};
  journal::Delivery& delivery = out.delivery;
  if (out.parcel.so_far) {
    delivery = *out.parcel.so_far;
  } else {
    delivery.number = out.parcel.number;
    delivery.destination = destination;
    delivery.key = out.parcel.key;
    delivery.priority = out.parcel.priority;
  }
  out.before = delivery.fate;
  delivery.last = now();
  if (delivery.first == 0) delivery.first = delivery.last;
  delivery.next = 0;
  return out;
}

}  // namespace

Attempt attempt(Parcel parcel, std::int64_t destination, sdk::Destination& peer, const std::vector<std::string>& bodies, const Retry& retry, bool in_doubt) {
  Attempt out = begin(std::move(parcel), destination);
  journal::Delivery& delivery = out.delivery;
  const Instant sent = steady_now();
  sdk::Delivery said;
  for (const std::string& body : bodies) {
    said = peer.send({body});
    if (said.outcome != Outcome::delivered) break;
  }
  delivery.took = steady_now() - sent;
  delivery.answer = said.answer.substr(0, kMostAnswer);
  delivery.error = said.outcome == Outcome::delivered ? "" : said.issue.line();
  out.outcome = said.outcome;
  if (!out.records()) return out;
  ++delivery.attempts;
  if (in_doubt) ++delivery.doubts;
  if (said.outcome == Outcome::unknown) ++delivery.doubts;
  const bool again = said.outcome == Outcome::unknown || (said.outcome == Outcome::refused && said.again);
  if (said.outcome == Outcome::delivered) {
    delivery.fate = journal::Fate::delivered;
  } else if (again && delivery.attempts < retry.attempts) {
    const Instant pause = retry.pause(delivery.attempts);
    delivery.fate = journal::Fate::retrying;
    delivery.next = now() + pause;
    out.not_before = steady_now() + pause;
  } else {
    delivery.fate = journal::Fate::dead;
  }
  return out;
}

Attempt not_sent(Parcel parcel, std::int64_t destination, const Result<std::vector<std::string>>& bodies) {
  Attempt out = begin(std::move(parcel), destination);
  out.delivery.fate = bodies ? journal::Fate::dropped : journal::Fate::dead;
  out.delivery.error = bodies ? "nothing in it is for this destination" : bodies.error().line();
  out.outcome = Outcome::refused;
  return out;
}

}  // namespace yilian::routing
