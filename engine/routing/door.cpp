#include "engine/routing/door.h"

#include "engine/base/log.h"
#include "engine/hl7v2/batch.h"
#include "engine/routing/acknowledgement.h"
#include "engine/routing/delivery_answer.h"
#include "engine/routing/keep.h"

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

// MSH-10 as far as a log needs it: the sender's number for the message, which is nobody's name.
std::string control_of(std::string_view raw) {
  const auto read = hl7v2::read(raw, text::Charset::latin1);
  return read ? std::string(read->message.control_id().substr(0, 64)) : std::string();
}

// How often the log hears of messages of one feed that failed. They are all in the journal; a sender that goes wild must not fill the disk with lines.
constexpr Instant kToldEvery = 1'000'000;

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

// Where it leads: the entrance, and of each of its inlets who counts and whether it was stopped.
struct Door::Way {
  struct Side {
    std::shared_ptr<FeedTally> tally;
    bool stopped;
  };
  std::shared_ptr<const Entrance> entrance;
  std::vector<Side> sides;  // as the inlets
  Side nobody;              // senders that no feed takes

  const Side& side(const Inlet* inlet) const { return inlet == nullptr ? nobody : sides[static_cast<std::size_t>(inlet - entrance->inlets.data())]; }
};

// What one Incoming brought: usually one message, from a batch file many.
struct Door::Visit {
  UnderWay under_way;
  sdk::Incoming incoming;
  std::function<void(sdk::Answer)> done;
  std::shared_ptr<const Way> way;
  Instant received;
  std::vector<std::shared_ptr<Item>> items;
  std::atomic<std::size_t> open{0};
};

struct Door::Item {
  std::shared_ptr<Visit> visit;
  Inlet inlet;
  const Way::Side* side = nullptr;  // of visit->way
  std::string_view raw;      // into visit->incoming
  Processed processed;
  Dispatcher::Ways ways;     // out
  std::int64_t number = 0;   // in the journal
  bool fallback = false;     // the second try: the bytes alone, with the error
  bool duplicate = false;
};

void Door::lead_to(std::shared_ptr<const Entrance> entrance, const Stops& stops) {
  auto made = std::make_shared<Way>();
  for (const Inlet& inlet : entrance->inlets) {
    const std::string name = inlet.hospital->code + "/" + inlet.feed->name;
    made->sides.push_back({tally_.of(name), stops.contains(name)});
  }
  made->nobody = {tally_.of(""), false};
  made->entrance = std::move(entrance);
  const std::lock_guard lock(mutex_);
  way_ = std::move(made);
}

std::shared_ptr<const Door::Way> Door::way() const {
  const std::lock_guard lock(mutex_);
  return way_;
}

std::shared_ptr<const Entrance> Door::entrance() const { return way()->entrance; }

void Door::take(sdk::Incoming incoming, std::function<void(sdk::Answer)> done) {
  auto visit = std::make_shared<Visit>();
  visit->received = now();
  visit->incoming = std::move(incoming);
  visit->done = std::move(done);
  visit->way = way();
  if (visit->incoming.body.size() <= kLarge || !large_messages_.run([self = shared_from_this(), visit] { self->enter(visit); })) enter(visit);
}

void Door::enter(const std::shared_ptr<Visit>& visit) {
  const hl7v2::Batch batch = hl7v2::split(visit->incoming.body);
  for (const std::string_view raw : batch.messages) {
    auto item = std::make_shared<Item>();
    item->visit = visit;
    item->raw = raw;
    const Sender sender = skim_sender(raw);
    const Inlet* const inlet = visit->way->entrance->find(sender.application, sender.facility);
    if (inlet != nullptr) item->inlet = *inlet;
    item->side = &visit->way->side(inlet);
    item->side->tally->last = visit->received;
    visit->items.push_back(std::move(item));
  }
  if (visit->items.empty()) {
    const Arrival arrival{visit->incoming.body, visit->incoming.peer, visit->received};
    auto item = std::make_shared<Item>();
    item->visit = visit;
    item->side = &visit->way->nobody;
    item->processed = routing::noise(arrival, "no HL7 message in it", visit->incoming.body.size(), true, Code::bad_syntax);
    visit->items.push_back(std::move(item));
  }
  visit->open = visit->items.size();
  // Submitted in order and not waited for in between: the messages of one batch share commits, and the writer keeps their order.
  const auto items = visit->items;
  for (const auto& item : items) {
    if (item->side->stopped) {
      turn_away(*item);
      end(item);
      continue;
    }
    if (!item->processed.entry) item->processed = process(item->inlet, {item->raw, visit->incoming.peer, visit->received});
    const journal::PreparedPtr entry = item->processed.entry;
    const auto packs = std::move(item->processed.packs);
    const bool meanwhile = UnderWay::alone() && item->raw.size() <= kCompressedMeanwhile;
    if (!meanwhile) compress(entry, packs);
    commit(item);
    if (meanwhile) compress(entry, packs);
  }
}

void Door::commit(const std::shared_ptr<Item>& item) {
  item->ways = dispatcher_.ways(item->processed.addressed, item->processed.patient_key, item->processed.feed_key);
  auto task = [item](database::Connection& writer) -> Result<void> {
    const Processed& processed = item->processed;
    item->duplicate = false;
    if (processed.error.empty()) {
      if (auto before = journal::find_duplicate(writer, processed.entry)) {
        item->duplicate = true;
        item->number = before->number;
        item->processed.replies = split_replies(before->answer);
        return {};
      }
    }
    YL_TRY(item->number, keep(writer, item->inlet, processed, item->ways, item->visit->received));
    return {};
  };
  const auto submitted = database_.submit(std::move(task), [self = shared_from_this(), item](const Result<void>& committed) { self->finish(item, committed); }, item->raw.size() * 4);
  if (!submitted) finish(item, submitted);
}

void Door::finish(const std::shared_ptr<Item>& item, const Result<void>& committed) {
  const auto& visit = item->visit;
  FeedTally& tally = *item->side->tally;
  if (!committed) {
    const Arrival arrival{item->raw, visit->incoming.peer, visit->received};
    log::error("routing", "commit failed", {{"control", control_of(item->raw)}, {"what", committed.error().line()}, {"again", item->fallback ? "no" : "as bytes alone"}});
    if (!item->fallback && committed.error().code != Code::busy) {
      item->fallback = true;
      item->processed = parked(item->inlet, arrival, committed.error());
      commit(item);
      return;
    }
    // Nothing is on disk: the sender must know, and keeps the message.
    const auto read = hl7v2::read(item->raw, std::nullopt);
    item->processed.accepted = false;
    item->processed.error = committed.error().line();
    item->processed.replies = answers(read ? &read->message : nullptr, {false, &committed.error(), read ? read->charset : text::Charset::utf8});
    ++counters_.not_kept;
    ++tally.not_kept;
  } else if (item->duplicate) {
    ++counters_.duplicate;
    ++tally.duplicate;
  } else if (!item->processed.error.empty()) {
    ++counters_.parked_or_refused;
    tally.fail(item->processed.cause);
  } else {
    ++counters_.stored;
    ++tally.stored;
  }
  tell(*item);
  if (committed && waits_for_deliveries(item)) return;
  if (committed && !item->duplicate) dispatcher_.committed(item->number, item->ways, item->raw);
  end(item);
}

// For the log. The message's number is its trace: the journal, what was stored of it, its deliveries and their lines in the log all have it. What was wrong is told by its
// code alone, for the words may hold what stands in the message.
void Door::tell(const Item& item) const {
  const bool well = item.processed.error.empty();
  if (well && !log::wants(log::Level::debug)) return;
  const Feed* const feed = item.inlet.feed;
  const std::string name = feed == nullptr ? "" : item.inlet.hospital->code + "/" + feed->name;
  if (well) {
    log::debug("routing", item.duplicate ? "message had come before" : "message stored", {{"message", item.number}, {"control", control_of(item.raw)}, {"feed", name}});
    return;
  }
  FeedTally& tally = *item.side->tally;
  const Instant at = now();
  Instant last = tally.told;
  const bool due = at - last >= kToldEvery || at < last;
  if (!log::wants(log::Level::debug) && (!due || !tally.told.compare_exchange_strong(last, at))) return;
  log::warning("routing", "message not taken", {{"message", item.number}, {"control", control_of(item.raw)}, {"feed", name}, {"cause", facts(item.processed.cause).name}});
}

// Whether its sender's answer depends on what becomes of the deliveries: end() is called then. In enhanced mode it hears at once that the message
// is kept, and the rest afterwards, where the line allows that.
bool Door::waits_for_deliveries(const std::shared_ptr<Item>& item) {
  const Feed* feed = item->inlet.feed;
  if (feed == nullptr || feed->answer != AnswerWhen::delivered || item->ways.empty() || !item->processed.error.empty()) return false;
  const bool two_steps = item->processed.accepts_first && item->visit->incoming.later && item->visit->items.size() == 1;
  if (two_steps) {
    const auto after = std::make_shared<Item>(*item);
    item->processed.replies.resize(1);
    end(item);
    wait_for_deliveries(after, [self = shared_from_this(), after](const Patience::Outcome& outcome) {
      self->answer_after_delivery(*after, outcome);
      const auto& replies = after->processed.replies;
      for (std::size_t i = 1; i < replies.size(); ++i) after->visit->incoming.later(replies[i]);
    });
  } else {
    wait_for_deliveries(item, [self = shared_from_this(), item](const Patience::Outcome& outcome) {
      self->answer_after_delivery(*item, outcome);
      self->end(item);
    });
  }
  return true;
}

// `ended` may come when this entrance was closed long since.
void Door::wait_for_deliveries(const std::shared_ptr<Item>& item, Patience::Done ended) {
  const Instant within = item->inlet.feed->answer_within;
  if (item->duplicate) {
    // Sent once more, since the first answer was lost or came too late: it waits for what is still open of the first one.
    dispatcher_.watch_again(item->number, within, std::move(ended));
  } else {
    dispatcher_.watch(item->number, item->ways, within, std::move(ended));
    dispatcher_.committed(item->number, item->ways, item->raw);
  }
}

// Its feed was stopped by hand. Nothing is kept, and the answer says so: the sender has the message and sends it again.
void Door::turn_away(Item& item) {
  const Issue issue{Code::busy, Severity::error, item.inlet.hospital->code + "/" + item.inlet.feed->name, "this feed was stopped at the receiving side, nothing was kept", "Send it again later"};
  const auto read = hl7v2::read(item.raw, item.inlet.feed->charset);
  item.processed.error = issue.line();
  item.processed.replies = answers(read ? &read->message : nullptr, {false, &issue, read ? read->charset : text::Charset::utf8});
  ++counters_.turned_away;
  ++item.side->tally->turned_away;
}

void Door::answer_after_delivery(Item& item, const Patience::Outcome& outcome) const {
  routing::answer_after_delivery(*item.inlet.feed, item.raw, outcome, [this](std::int64_t number) { return dispatcher_.name_of(number); }, item.processed);
}

void Door::end(const std::shared_ptr<Item>& item) {
  const auto& visit = item->visit;
  const Instant took = std::max<Instant>(0, now() - visit->received);
  counters_.microseconds += static_cast<std::uint64_t>(took);
  item->side->tally->answered.add(took);
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
  way()->nobody.tally->fail(bytes.code);
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
