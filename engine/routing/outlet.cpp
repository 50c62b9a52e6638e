#include "engine/routing/outlet.h"

#include <algorithm>

#include "engine/base/log.h"
#include "engine/base/steady.h"
#include "engine/journal/journal.h"
#include "engine/routing/adapters.h"

namespace yilian::routing {

using std::chrono::milliseconds;
using Outcome = sdk::Delivery::Outcome;

namespace {

// In memory at most so many of a destination; below the lower number more are read from the outbox. They take some 100 bytes each.
constexpr std::size_t kMostQueued = 20'000, kFewQueued = 1'000, kReadAtOnce = 4'000;
// The cursor is written after so many, and when there is nothing more to send.
constexpr std::int64_t kCursorStep = 200;
// Where others write too, the outbox is looked at so often without being told.
constexpr Instant kLookEvery = 500'000;

}  // namespace

struct Outlet::Line {
  std::thread thread;
  std::unique_ptr<sdk::Destination> peer;
  bool ended = false;
};

Outlet::Outlet(database::Database& database, std::int64_t number, bool alone) : database_(database), number_(number), alone_(alone) {}

Outlet::~Outlet() { stop(milliseconds(0)); }

Result<void> Outlet::start(std::shared_ptr<const Directory> directory, const Destination& destination, bool paused) {
  std::unique_lock lock(mutex_);
  directory_ = std::move(directory);
  destination_ = &destination;
  name_ = destination.full_name;
  paused_ = paused;
  // Another daemon that is at it now may go on: what it leaves is read when this one takes over.
  if (alone_) YL_CHECK(load(lock));
  want_line();
  return {};
}

// What is left from before. The mutex is left while it is read.
Result<void> Outlet::load(std::unique_lock<std::mutex>& lock) {
  struct Left {
    std::vector<journal::Delivery> retrying;
    std::vector<journal::Mark> marks;
    std::int64_t cursor = 0;
  };
  lock.unlock();
  auto left = database_.read([&](database::Connection& reader) -> Result<Left> {
    return Left{journal::retrying(reader, number_), journal::marks(reader, number_), journal::cursor(reader, number_)};
  });
  lock.lock();
  if (!left) return Failure(left.error());
  queue_.clear();
  progress_ = Progress(left->cursor);
  read_through_ = written_through_ = left->cursor;
  caught_up_ = false;
  in_doubt_.clear();
  for (const journal::Mark& mark : left->marks) in_doubt_.insert(mark.number);
  for (journal::Delivery& each : left->retrying) {
    // The clock may have been set meanwhile: nothing waits longer than it may.
    const Instant next = steady_now() + std::clamp<Instant>(each.next - now(), 0, destination_->retry.most);
    queue_.add({each.number, each.key, each.priority, {}, std::make_shared<const journal::Delivery>(std::move(each))}, next);
  }
  standing_ = true;
  ++round_;
  return {};
}

// Where several daemons are at one database, the one that keeps its tables delivers.
void Outlet::stand(std::unique_lock<std::mutex>& lock) {
  filling_ = true;
  lock.unlock();
  const bool keeps = database_.keeps();
  lock.lock();
  if (keeps) {
    if (auto loaded = load(lock); !loaded) log::warning("routing", "deliveries cannot be read", {{"destination", name_}, {"what", loaded.error().line()}});
  }
  filling_ = false;
  if (!standing_) wake_.wait_for(lock, std::chrono::seconds(1));
}

void Outlet::lead_to(std::shared_ptr<const Directory> directory, const Destination& destination) {
  const std::lock_guard lock(mutex_);
  directory_ = std::move(directory);
  destination_ = &destination;
  want_line();
  wake_.notify_all();
}

void Outlet::stop(milliseconds deadline) {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  wake_.notify_all();
  const auto ended = [&] { return std::all_of(lines_.begin(), lines_.end(), [](const auto& line) { return line->ended; }); };
  if (!wake_.wait_for(lock, deadline, ended)) {
    for (const auto& line : lines_) {
      if (line->peer) line->peer->interrupt();
    }
  }
  auto lines = std::move(lines_);
  lines_.clear();
  lock.unlock();
  for (const auto& line : lines) line->thread.join();
}

// A thread more, when none waits and the settings allow it. Under the mutex.
void Outlet::want_line() {
  if (stopping_ || paused_ || idle_ > 0 || lines_.size() >= static_cast<std::size_t>(destination_->connections)) return;
  const auto number = static_cast<std::int64_t>(lines_.size());
  lines_.push_back(std::make_unique<Line>());
  Line& line = *lines_.back();
  ++idle_;  // it is on its way
  line.thread = std::thread([this, number, &line] {
    work(number);
    const std::lock_guard lock(mutex_);
    line.ended = true;
    wake_.notify_all();
  });
}

void Outlet::offer(std::int64_t message, const journal::Target& target, std::shared_ptr<const std::string> body) {
  const std::lock_guard lock(mutex_);
  last_offered_ = std::max(last_offered_, message);
  if (!standing_) return;
  // What others committed in between is only in the outbox.
  if (!alone_ || queue_.size() >= kMostQueued) caught_up_ = false;
  if (caught_up_) {
    queue_.add({message, target.key, target.priority, std::move(body), {}, now()});
    progress_.add(message);
    read_through_ = message;
  }
  want_line();
  wake_.notify_one();
}

void Outlet::look() {
  const std::lock_guard lock(mutex_);
  ++looks_;
  caught_up_ = false;
  want_line();
  wake_.notify_one();
}

void Outlet::pause(bool paused) {
  const std::lock_guard lock(mutex_);
  paused_ = paused;
  want_line();
  wake_.notify_all();
}

bool Outlet::hurry(std::int64_t message, std::int64_t key) {
  const std::lock_guard lock(mutex_);
  const bool found = queue_.hurry(message, key);
  wake_.notify_one();
  return found;
}

void Outlet::again(const journal::Delivery& delivery) {
  const std::lock_guard lock(mutex_);
  queue_.add({delivery.number, delivery.key, delivery.priority, {}, std::make_shared<const journal::Delivery>(delivery)});
  want_line();
  wake_.notify_one();
}

bool Outlet::take_out(std::int64_t message, std::int64_t key) {
  const std::lock_guard lock(mutex_);
  return queue_.take_out(message, key);
}

std::optional<Parcel> Outlet::next(std::unique_lock<std::mutex>& lock, std::optional<std::int64_t> own, bool wait) {
  for (;;) {
    if (stopping_) return std::nullopt;
    if (!standing_) {
      if (!wait) return std::nullopt;
      if (filling_) wake_.wait_for(lock, std::chrono::seconds(1));
      else stand(lock);
      continue;
    }
    if (!caught_up_ && !filling_ && !paused_ && wants_more()) {
      fill(lock);
      continue;
    }
    const Instant at = steady_now();
    Instant when = paused_ ? Pace::kNever : pace_.next(at, now(), destination_->hours);
    if (when <= at) {
      if (auto parcel = queue_.take(at, own)) {
        pace_.went(at, destination_->rate);
        return parcel;
      }
      when = queue_.next_time();
    }
    if (!wait) return std::nullopt;
    if (!alone_ && !paused_) {
      when = std::min(when, at + kLookEvery);
      if (wants_more()) caught_up_ = false;
    }
    ++idle_;
    if (when == Queue::kNever) {
      wake_.wait(lock);
    } else {
      wake_.wait_for(lock, std::chrono::microseconds(std::clamp<Instant>(when - at, 1'000, 60'000'000)));
    }
    --idle_;
  }
}

// Also when all that is here rests: whose turn has not come must not hold up others.
bool Outlet::wants_more() const { return queue_.size() < kFewQueued || (!queue_.ready() && queue_.size() < kMostQueued); }

// More from the outbox. The mutex is left while it is read.
void Outlet::fill(std::unique_lock<std::mutex>& lock) {
  filling_ = true;
  const std::int64_t after = read_through_;
  const std::uint64_t looks = looks_;
  lock.unlock();
  auto read = database_.read([&](database::Connection& reader) -> Result<journal::Waiting> { return journal::waiting(reader, number_, after, kReadAtOnce); });
  if (!read) {
    log::warning("routing", "outbox cannot be read", {{"destination", name_}, {"what", read.error().line()}});
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
  lock.lock();
  filling_ = false;
  if (!read) return;
  for (const auto& [message, target] : read->found) {
    queue_.add({message, target.key, target.priority, {}, {}});
    progress_.add(message);
  }
  read_through_ = std::max(read_through_, read->through);
  progress_.looked(read_through_);
  if (read->whole && last_offered_ <= read_through_ && looks == looks_) caught_up_ = true;
  if (queue_.ready()) {
    want_line();
    wake_.notify_all();
  }
}

Result<std::vector<std::string>> Outlet::bodies_of(Parcel& parcel) const {
  std::shared_ptr<const Directory> directory;
  const Destination* destination = nullptr;
  {
    const std::lock_guard lock(mutex_);
    directory = directory_;
    destination = destination_;
  }
  const Form& form = destination->form;
  if (form.as_it_came() && parcel.body) return std::vector<std::string>{*parcel.body};
  YL_TRY(const auto entry, database_.read([&](database::Connection& reader) { return journal::read(reader, parcel.number); }));
  parcel.received = entry.received;
  return form.make(entry.raw, directory->inlet(entry.hospital, entry.feed), entry.received);
}

// The line's own connection, made when it is first needed; nullptr: it cannot be made, `bodies` says why. Under the mutex.
sdk::Destination* Outlet::peer_of(std::int64_t line, Result<std::vector<std::string>>& bodies) {
  Line& mine = *lines_[static_cast<std::size_t>(line)];
  if (!mine.peer) {
    auto made = find_adapter(destination_->adapter)->destination(destination_->settings);
    if (made) mine.peer = std::move(*made);
    else bodies = Failure(made.error());
  }
  return mine.peer.get();
}

void Outlet::work(std::int64_t line) {
  std::optional<Attempt> former;
  std::uint64_t round = 0;  // in which former was sent
  std::unique_lock lock(mutex_);
  --idle_;
  for (;;) {
    // Another daemon took over meanwhile: what became of it is for that one to find out.
    if (former && (round != round_ || !standing_)) former.reset();
    const auto own = former && former->over() ? std::optional(former->parcel.key) : std::nullopt;
    auto parcel = next(lock, own, !former);
    if (!parcel && !former) return;
    const bool keeps_key = parcel && own && parcel->key == *own;
    lock.unlock();
    Result<std::vector<std::string>> bodies = std::vector<std::string>();
    if (parcel) bodies = bodies_of(*parcel);
    const bool sends = parcel && bodies && !bodies->empty();
    if (!put_down(line, former ? &*former : nullptr, sends ? parcel->number : 0)) {
      // What was sent is in doubt, what was not is in the outbox.
      former.reset();
      lock.lock();
      pace_.stayed();
      continue;
    }
    if (former) conclude(*std::exchange(former, std::nullopt), keeps_key);
    lock.lock();
    if (!parcel) continue;
    round = round_;
    sdk::Destination* const peer = sends ? peer_of(line, bodies) : nullptr;
    if (peer == nullptr) {
      pace_.stayed();
      former = not_sent(std::move(*parcel), number_, bodies);
      continue;
    }
    const Retry retry = destination_->retry;
    const bool in_doubt = in_doubt_.contains(parcel->number);
    ++sending_;
    lock.unlock();
    former = attempt(std::move(*parcel), number_, *peer, *bodies, retry, in_doubt);
    lock.lock();
    --sending_;
    // Interrupted: it stays marked as being sent, and counts no attempt.
    if (stopping_ && former->outcome == Outcome::unknown) return;
    note(*former);
  }
}

// What the last attempt says about the other side. Under the mutex.
void Outlet::note(const Attempt& last) {
  if (last.records()) in_doubt_.erase(last.delivery.number);
  if (last.answered()) {
    last.outcome == Outcome::delivered ? ++sent_ : ++refused_;
    microseconds_ += static_cast<std::uint64_t>(last.delivery.took);
    const Instant down_since = pace_.answered();
    if (down_since == 0) return;
    log::info("routing", "destination is there again", {{"destination", name_}, {"microseconds down", now() - down_since}});
    wake_.notify_all();
    return;
  }
  if (last.outcome == Outcome::unknown) ++doubtful_;
  if (pace_.failed(steady_now(), now(), last.delivery.error) && !stopping_) log::warning("routing", "destination is down", {{"destination", name_}, {"what", last.delivery.error}});
}

// One commit. Waits for the database as long as it takes; false: the outlet stops, or another daemon has taken over.
bool Outlet::put_down(std::int64_t line, const Attempt* former, std::int64_t next_message) {
  std::int64_t through = 0;
  {
    const std::lock_guard lock(mutex_);
    const std::int64_t reached = progress_.through();
    if (reached - written_through_ >= kCursorStep || (next_message == 0 && reached > written_through_)) through = written_through_ = reached;
  }
  const auto task = [&](database::Connection& writer) -> Result<void> {
    if (former != nullptr && former->records()) journal::record(writer, former->delivery, former->before);
    journal::mark(writer, number_, line, next_message);
    if (through > 0) journal::advance(writer, number_, through);
    return {};
  };
  for (auto pause = milliseconds(100);; pause = std::min(pause * 2, milliseconds(5000))) {
    const auto written = database_.write_as_keeper(task);
    if (written) return true;
    const bool lost = written.error().code == Code::busy && !alone_ && !database_.keeps();
    std::unique_lock lock(mutex_);
    if (lost) {
      standing_ = false;
      queue_.clear();
      wake_.notify_all();
      return false;
    }
    log::warning("routing", "delivery cannot be written down", {{"destination", name_}, {"what", written.error().line()}});
    if (wake_.wait_for(lock, pause, [&] { return stopping_; })) return false;
  }
}

void Outlet::conclude(Attempt sent, bool keeps_key) {
  const journal::Delivery& delivery = sent.delivery;
  {
    const std::lock_guard lock(mutex_);
    if (!standing_) return;
    if (sent.records() && sent.before == journal::Fate::queued) progress_.settle(delivery.number);
    if (!sent.records()) {
      queue_.put_back(std::move(sent.parcel), 0);
    } else if (delivery.fate == journal::Fate::retrying) {
      sent.parcel.so_far = std::make_shared<const journal::Delivery>(delivery);
      queue_.put_back(std::move(sent.parcel), sent.not_before);
    } else if (!keeps_key) {
      queue_.release(delivery.key);
    }
    if (idle_ > 0 && (queue_.ready() || queue_.next_time() != Queue::kNever)) wake_.notify_one();
  }
  if (delivery.fate == journal::Fate::dead) {
    log::error("routing", "dead letter", {{"destination", name_}, {"message", delivery.number}, {"attempts", delivery.attempts}});
  } else if (delivery.fate == journal::Fate::delivered) {
    const Instant delay = delivery.last + delivery.took - sent.parcel.received;
    if (sent.parcel.received > 0) delays_.add(delay);
    if (log::wants(log::Level::debug)) log::debug("routing", "delivered", {{"message", delivery.number}, {"destination", name_}, {"attempts", delivery.attempts}, {"microseconds", delay}});
  }
  if (sent.over() && ended_) ended_(delivery);
}

Outlet::Status Outlet::status() const {
  const std::lock_guard lock(mutex_);
  Status out;
  out.destination = name_;
  if (destination_ == nullptr) return out;
  out.adapter = destination_->adapter;
  out.to = destination_->settings["connect"].text_or(destination_->settings["folder"].text_or(""));
  out.lines = sending_;
  out.sent = sent_;
  out.refused = refused_;
  out.doubtful = doubtful_;
  out.microseconds = microseconds_;
  out.delays = delays_.snapshot();
  const Instant at = now(), open = destination_->hours.next(at), ahead = at - steady_now();
  using State = Status::State;
  if (paused_) {
    out.state = State::paused;
  } else if (pace_.is_down()) {
    out.state = State::down;
    out.since = pace_.down_since();
    out.next = pace_.down_until() + ahead;
    out.error = pace_.why();
  } else if (sending_ > 0) {
    out.state = State::sending;
  } else if (open > at) {
    out.state = State::outside_hours;
    out.next = open;
  } else if (!queue_.ready() && queue_.size() > 0) {
    out.state = State::waiting;
    out.next = queue_.next_time() == Queue::kNever ? 0 : queue_.next_time() + ahead;
  }
  return out;
}

}  // namespace yilian::routing
