#include "engine/routing/door.h"

#include "engine/base/log.h"
#include "engine/hl7v2/batch.h"
#include "engine/routing/acknowledgement.h"

namespace yilian::routing {

namespace {
// Above this, parsing and mapping would hold up the other connections of an I/O thread for too long.
constexpr std::size_t kLarge = 256 * 1024;

// A message that is alone is compressed while the writer works on it, up to this size (some 50 microseconds); for longer
// the writer must not wait. Where others are under way as well, all processors have work without that.
constexpr std::size_t kCompressedMeanwhile = 16 * 1024;

// What came in by all doors and is not answered, wherever its way ends.
class UnderWay {
 public:
  UnderWay() { ++count_; }
  ~UnderWay() { --count_; }
  UnderWay(const UnderWay&) = delete;
  static bool alone() { return count_ == 1; }

 private:
  static inline std::atomic<int> count_{0};
};

// Once the writer has begun: it comes to what it needs compressed when it has done all else.
void compress(const journal::PreparedPtr& entry, const std::vector<std::shared_ptr<const records::Pack>>& packs) {
  try {
    journal::finish(entry);
    for (const auto& pack : packs) pack->get();
  } catch (const std::exception&) {
    // The writer meets the same, and tells it.
  }
}
}  // namespace

// What one Incoming brought: usually one message, from a batch file many.
struct Door::Visit {
  UnderWay under_way;
  sdk::Incoming incoming;
  std::function<void(sdk::Answer)> done;
  std::shared_ptr<const Entrance> entrance;
  Instant received;
  std::vector<std::shared_ptr<Item>> items;
  std::atomic<std::size_t> open{0};
};

struct Door::Item {
  std::shared_ptr<Visit> visit;
  Route route;
  std::string_view raw;      // into visit->incoming
  Processed processed;
  bool fallback = false;     // the second try: the bytes alone, with the error
  bool duplicate = false;
};

void Door::lead_to(std::shared_ptr<const Entrance> entrance) {
  const std::lock_guard lock(mutex_);
  entrance_ = std::move(entrance);
}

std::shared_ptr<const Entrance> Door::entrance() const {
  const std::lock_guard lock(mutex_);
  return entrance_;
}

void Door::take(sdk::Incoming incoming, std::function<void(sdk::Answer)> done) {
  auto visit = std::make_shared<Visit>();
  visit->received = now();
  visit->incoming = std::move(incoming);
  visit->done = std::move(done);
  visit->entrance = entrance();
  if (visit->incoming.body.size() <= kLarge || !large_messages_.run([this, visit] { enter(visit); })) enter(visit);
}

void Door::enter(const std::shared_ptr<Visit>& visit) {
  const hl7v2::Batch batch = hl7v2::split(visit->incoming.body);
  for (const std::string_view raw : batch.messages) {
    auto item = std::make_shared<Item>();
    item->visit = visit;
    item->raw = raw;
    const Sender sender = skim_sender(raw);
    if (const Route* route = visit->entrance->find(sender.application, sender.facility)) item->route = *route;
    visit->items.push_back(std::move(item));
  }
  if (visit->items.empty()) {
    const Arrival arrival{visit->incoming.body, visit->incoming.peer, visit->received};
    auto item = std::make_shared<Item>();
    item->visit = visit;
    item->processed = routing::noise(arrival, "no HL7 message in it", visit->incoming.body.size(), true, Code::bad_syntax);
    visit->items.push_back(std::move(item));
  }
  visit->open = visit->items.size();
  // Submitted in order and not waited for in between: the messages of one batch share commits, and the writer keeps their order.
  const auto items = visit->items;
  for (const auto& item : items) {
    if (!item->processed.entry) item->processed = process(item->route, {item->raw, visit->incoming.peer, visit->received});
    const journal::PreparedPtr entry = item->processed.entry;
    const auto packs = std::move(item->processed.packs);
    const bool meanwhile = UnderWay::alone() && item->raw.size() <= kCompressedMeanwhile;
    if (!meanwhile) compress(entry, packs);
    commit(item);
    if (meanwhile) compress(entry, packs);
  }
}

void Door::commit(const std::shared_ptr<Item>& item) {
  auto task = [item](database::Connection& writer) -> Result<void> {
    const Processed& processed = item->processed;
    item->duplicate = false;
    if (!processed.pieces.empty()) {
      if (auto answer = journal::find_duplicate(writer, processed.entry)) {
        item->duplicate = true;
        item->processed.replies = split_replies(*answer);
        return {};
      }
    }
    const std::int64_t number = journal::next_number(writer);
    const Feed* feed = item->route.feed;
    const bool screened = feed != nullptr && feed->validation.mode != validation::Mode::off;
    const validation::Screening* screening = screened ? &feed->validation : nullptr;
    for (const Piece& piece : processed.pieces) {
      YL_CHECK(records::contribute(writer, {piece.resource, piece.cleared, processed.event_time, piece.rank, number, piece.assumed, screening}, item->visit->received));
    }
    journal::append(writer, processed.entry);
    return {};
  };
  const auto submitted = database_.submit(std::move(task), [this, item](const Result<void>& committed) { finish(item, committed); }, item->raw.size() * 4);
  if (!submitted) finish(item, submitted);
}

void Door::finish(const std::shared_ptr<Item>& item, const Result<void>& committed) {
  const auto& visit = item->visit;
  if (!committed) {
    const Arrival arrival{item->raw, visit->incoming.peer, visit->received};
    log::error("routing", "commit failed", {{"what", committed.error().line()}, {"again", item->fallback ? "no" : "as bytes alone"}});
    if (!item->fallback && committed.error().code != Code::busy) {
      item->fallback = true;
      item->processed = parked(item->route, arrival, committed.error());
      commit(item);
      return;
    }
    // Nothing is on disk: the sender must know, and keeps the message.
    const auto read = hl7v2::read(item->raw, std::nullopt);
    item->processed.accepted = false;
    item->processed.error = committed.error().line();
    item->processed.replies = answers(read ? &read->message : nullptr, {false, &committed.error(), read ? read->charset : text::Charset::utf8});
    ++counters_.not_kept;
  } else if (item->duplicate) {
    ++counters_.duplicate;
  } else if (!item->processed.error.empty()) {
    ++counters_.parked_or_refused;
  } else {
    ++counters_.stored;
  }
  counters_.microseconds += static_cast<std::uint64_t>(std::max<Instant>(0, now() - visit->received));
  if (visit->open.fetch_sub(1) != 1) return;

  sdk::Answer answer;
  answer.accepted = true;
  for (const auto& each : visit->items) {
    Processed& processed = each->processed;
    answer.accepted = answer.accepted && processed.accepted;
    if (!processed.error.empty()) answer.error.append(answer.error.empty() ? "" : "\n").append(processed.error);
    for (auto& reply : processed.replies) answer.replies.push_back(std::move(reply));
  }
  visit->items.clear();  // breaks the ring visit -> item -> visit
  visit->done(std::move(answer));
}

void Door::noise(sdk::Noise bytes, std::function<void(sdk::Answer)> done) {
  ++counters_.noise;
  const Arrival arrival{bytes.bytes, bytes.peer, now()};
  auto processed = std::make_shared<Processed>(routing::noise(arrival, bytes.why, bytes.size, bytes.answer, bytes.code));
  log::warning("routing", "bytes that are no message", {{"peer", bytes.peer}, {"why", bytes.why}, {"size", bytes.size}});
  auto answered = [processed, done](const Result<void>& committed) {
    if (!committed) log::error("routing", "noise could not be kept", {{"what", committed.error().line()}});
    done({false, processed->replies, processed->error});
  };
  auto task = [processed](database::Connection& writer) -> Result<void> {
    journal::append(writer, processed->entry);
    return {};
  };
  compress(processed->entry, {});
  if (const auto submitted = database_.submit(std::move(task), answered); !submitted) answered(submitted);
}

}  // namespace yilian::routing
