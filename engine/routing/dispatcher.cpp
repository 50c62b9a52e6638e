#include "engine/routing/dispatcher.h"

#include "engine/base/log.h"

namespace yilian::routing {
namespace {

// Messages' bytes that wait in memory for their destinations, so that they need not be read again; what is above is read.
constexpr std::size_t kMostKept = 64u << 20;

std::shared_ptr<const std::string> kept(std::string_view raw, const std::shared_ptr<std::atomic<std::size_t>>& bytes) {
  const std::size_t size = raw.size();
  if (bytes->load(std::memory_order_relaxed) + size > kMostKept) return nullptr;
  *bytes += size;
  return {new std::string(raw), [bytes, size](const std::string* text) {
            *bytes -= size;
            delete text;
          }};
}

Failure no_destination(const std::string& name) { return fail(Code::not_found, "there is no destination '" + name + "'", "destination", "`yilian destinations list` names them"); }

}  // namespace

Dispatcher::Dispatcher(database::Database& database) : database_(database), kept_bytes_(std::make_shared<std::atomic<std::size_t>>(0)) {}

Dispatcher::~Dispatcher() { stop(std::chrono::milliseconds(0)); }

// All destinations have their numbers, in one transaction.
Result<void> Dispatcher::enroll(const Directory& directory) {
  std::map<std::string, std::int64_t> numbers;
  YL_CHECK(database_.write([&](database::Connection& writer) -> Result<void> {
    numbers.clear();
    for (const Destination* each : directory.destinations()) numbers[each->full_name] = journal::destination_number(writer, each->hospital, each->name);
    for (const journal::Place& place : journal::places(writer)) numbers[place.hospital + "/" + place.name] = place.number;
    return {};
  }));
  const std::lock_guard lock(mutex_);
  numbers_ = std::move(numbers);
  return {};
}

Result<void> Dispatcher::start(std::shared_ptr<const Directory> directory) {
  alone_ = database_.read([](database::Connection& reader) { return reader.is_near(); });
  const auto issues = reload(std::move(directory));
  if (!issues.empty()) return Failure(issues.front());
  return {};
}

std::vector<Issue> Dispatcher::reload(std::shared_ptr<const Directory> directory) {
  std::vector<Issue> issues;
  if (auto enrolled = enroll(*directory); !enrolled) return {enrolled.error()};
  std::map<std::int64_t, bool> paused;
  const auto places = database_.read([](database::Connection& reader) -> Result<std::vector<journal::Place>> { return journal::places(reader); });
  if (!places) return {places.error()};
  for (const journal::Place& place : *places) paused[place.number] = place.paused;

  std::map<std::string, Open> before, after;
  {
    const std::lock_guard lock(mutex_);
    before = open_;
  }
  for (const Destination* each : directory->destinations()) {
    const auto found = before.find(each->full_name);
    if (found == before.end() || found->second.key != each->key) continue;
    found->second.outlet->lead_to(directory, *each);
    after.insert(before.extract(found));
  }
  for (const auto& [name, gone] : before) gone.outlet->stop(std::chrono::seconds(5));
  for (const Destination* each : directory->destinations()) {
    if (after.contains(each->full_name)) continue;
    const std::int64_t number = number_of(each->full_name);
    auto made = std::make_shared<Outlet>(database_, number, alone_);
    made->on_ended([this](const journal::Delivery& delivery) { patience_.ended(delivery); });
    if (auto started = made->start(directory, *each, paused[number]); !started) {
      issues.push_back(started.error());
      continue;
    }
    log::info("routing", "destination open", {{"destination", each->full_name}, {"adapter", each->adapter}});
    after[each->full_name] = {std::move(made), each->key};
  }
  const std::lock_guard lock(mutex_);
  open_ = std::move(after);
  by_number_.clear();
  for (const auto& [name, open] : open_) {
    by_number_[open.outlet->number()] = open.outlet;
    open.outlet->look();  // what was committed while it was not known here
  }
  return issues;
}

void Dispatcher::stop(std::chrono::milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  std::map<std::string, Open> open;
  {
    const std::lock_guard lock(mutex_);
    open = std::move(open_);
    open_.clear();
    by_number_.clear();
  }
  for (const auto& [name, each] : open) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    each.outlet->stop(std::max(left, std::chrono::milliseconds(0)));
  }
  reading_.stop();
  patience_.stop();
}

Dispatcher::Ways Dispatcher::ways(const std::vector<Addressed>& addressed, std::int64_t patient_key, std::int64_t feed_key) const {
  Ways out;
  if (addressed.empty()) return out;
  const std::lock_guard lock(mutex_);
  for (const Addressed& each : addressed) {
    const auto found = numbers_.find(each.destination->full_name);
    if (found == numbers_.end()) continue;  // never: destinations are enrolled before a directory is used
    const Order order = each.destination->order;
    const std::int64_t key = order == Order::patient ? patient_key : order == Order::feed ? feed_key : 0;
    out.push_back({found->second, key, each.priority});
  }
  return out;
}

void Dispatcher::committed(std::int64_t message, const Ways& ways, std::string_view raw) {
  if (ways.empty()) return;
  const auto body = kept(raw, kept_bytes_);
  const std::lock_guard lock(mutex_);
  for (const journal::Target& target : ways) {
    const auto found = by_number_.find(target.destination);
    if (found != by_number_.end()) found->second->offer(message, target, body);
  }
}

void Dispatcher::watch_again(std::int64_t message, Instant within, Patience::Done done) {
  // On the writer's thread nothing is read: another one does.
  const bool taken = reading_.run([this, message, within, done] {
    const auto read = [&] { return database_.read([&](database::Connection& reader) -> Result<std::vector<journal::Delivery>> { return journal::deliveries_of(reader, message); }); };
    const auto first = read();
    if (!first) return done({{}, false});
    std::vector<journal::Target> targets;
    for (const journal::Delivery& each : *first) targets.push_back({each.destination, each.key, each.priority});
    if (targets.empty()) return done({});
    patience_.watch(message, targets, within, done);
    // What ended before it was watched.
    if (const auto second = read()) {
      for (const journal::Delivery& each : *second) {
        if (each.fate != journal::Fate::queued && each.fate != journal::Fate::retrying) patience_.ended(each);
      }
    }
  });
  if (!taken) done({{}, false});
}

Result<std::shared_ptr<Outlet>> Dispatcher::outlet(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(name);
  if (found == open_.end()) return no_destination(name);
  return found->second.outlet;
}

std::int64_t Dispatcher::number_of(const std::string& full_name) const {
  const std::lock_guard lock(mutex_);
  const auto found = numbers_.find(full_name);
  return found == numbers_.end() ? 0 : found->second;
}

std::string Dispatcher::name_of(std::int64_t number) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, each] : numbers_) {
    if (each == number) return name;
  }
  return {};
}

Result<std::vector<Dispatcher::Status>> Dispatcher::status() const {
  std::map<std::string, std::int64_t> numbers;
  std::map<std::string, std::shared_ptr<Outlet>> outlets;
  {
    const std::lock_guard lock(mutex_);
    numbers = numbers_;
    for (const auto& [name, open] : open_) outlets[name] = open.outlet;
  }
  return database_.read([&](database::Connection& reader) -> Result<std::vector<Status>> {
    std::map<std::int64_t, journal::DeliveryCount> counts;
    for (const journal::DeliveryCount& count : journal::delivery_counts(reader)) counts[count.destination] = count;
    std::vector<Status> out;
    for (const auto& [name, number] : numbers) {
      Status status;
      if (const auto found = outlets.find(name); found != outlets.end()) status.outlet = found->second->status();
      else status.configured = false;
      status.outlet.destination = name;
      status.by_fate = counts[number].by_fate;
      const auto& by = status.by_fate;
      if (by[static_cast<std::size_t>(journal::Fate::queued)] + by[static_cast<std::size_t>(journal::Fate::retrying)] > 0) {
        if (const auto oldest = journal::oldest_undelivered(reader, number)) {
          status.oldest_message = oldest->number;
          status.oldest_received = oldest->received;
        }
      }
      if (status.configured || status.oldest_message > 0 || by[static_cast<std::size_t>(journal::Fate::dead)] > 0) out.push_back(std::move(status));
    }
    return out;
  });
}

Result<void> Dispatcher::pause(const std::string& name, bool paused) {
  YL_TRY(const auto found, outlet(name));
  YL_CHECK(database_.write([&](database::Connection& writer) -> Result<void> {
    journal::pause(writer, found->number(), paused);
    return {};
  }));
  found->pause(paused);
  return {};
}

namespace {

// What it was becomes `fate`, if it is `from`. Inside the writer, so that two people do not do it twice.
Result<journal::Delivery> change(database::Database& database, std::int64_t message, std::int64_t destination, journal::Fate from, journal::Fate fate) {
  journal::Delivery changed;
  YL_CHECK(database.write([&](database::Connection& writer) -> Result<void> {
    YL_TRY(changed, journal::delivery(writer, message, destination));
    if (changed.fate != from) return fail(Code::conflict, "message " + std::to_string(message) + " is not in that state there", "delivery", "Look at it again: somebody may have been quicker");
    changed.fate = fate;
    changed.next = 0;
    if (fate == journal::Fate::retrying) changed.attempts = 0;
    journal::record(writer, changed, from);
    return {};
  }));
  return changed;
}

}  // namespace

Result<void> Dispatcher::try_again(const std::string& name, std::int64_t message) {
  YL_TRY(const auto found, outlet(name));
  YL_TRY(const auto delivery, database_.read([&](database::Connection& reader) { return journal::delivery(reader, message, found->number()); }));
  if (delivery.fate == journal::Fate::retrying) {
    if (!found->hurry(message, delivery.key)) return fail(Code::conflict, "message " + std::to_string(message) + " does not wait there any more", "delivery", "Look at it again");
    return {};
  }
  YL_TRY(const auto changed, change(database_, message, found->number(), journal::Fate::dead, journal::Fate::retrying));
  found->again(changed);
  return {};
}

Result<std::int64_t> Dispatcher::try_all_again(const std::string& name) {
  const std::int64_t number = number_of(name);
  if (number == 0) return no_destination(name);
  std::int64_t done = 0;
  for (std::int64_t after = 0;;) {
    YL_TRY(const auto dead, database_.read([&](database::Connection& reader) -> Result<std::vector<std::int64_t>> { return journal::dead_letters(reader, number, after, 500); }));
    if (dead.empty()) return done;
    for (const std::int64_t message : dead) {
      if (auto again = try_again(name, message)) ++done;
      else if (again.error().code != Code::conflict) return Failure(again.error());
      after = message;
    }
  }
}

Result<void> Dispatcher::drop(const std::string& name, std::int64_t message) {
  const std::int64_t number = number_of(name);
  if (number == 0) return no_destination(name);
  YL_TRY(const auto delivery, database_.read([&](database::Connection& reader) { return journal::delivery(reader, message, number); }));
  if (delivery.fate != journal::Fate::retrying && delivery.fate != journal::Fate::dead) return fail(Code::conflict, "only what was tried and has not arrived can be dropped", "delivery");
  const auto found = outlet(name);
  const bool waits = delivery.fate == journal::Fate::retrying && found;
  if (waits && !(*found)->take_out(message, delivery.key)) return fail(Code::conflict, "message " + std::to_string(message) + " is being sent", "delivery", "Try again when it has ended");
  const auto changed = change(database_, message, number, delivery.fate, journal::Fate::dropped);
  if (!changed) {
    if (waits) (*found)->again(delivery);
    return Failure(changed.error());
  }
  patience_.ended(*changed);
  return {};
}

}  // namespace yilian::routing
