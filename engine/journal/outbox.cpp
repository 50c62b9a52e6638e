#include <algorithm>
#include <cstring>
#include <map>
#include <unordered_set>

#include "engine/journal/delivery.h"

namespace yilian::journal {
namespace {

// A target takes 17 bytes of its message's outbox row: destination, key, priority.
constexpr std::size_t kTargetBytes = 17;

std::string pack(std::span<const Target> targets) {
  std::string out;
  out.reserve(targets.size() * kTargetBytes);
  for (const Target& target : targets) {
    out.append(reinterpret_cast<const char*>(&target.destination), 8);
    out.append(reinterpret_cast<const char*>(&target.key), 8);
    out.push_back(static_cast<char>(target.priority));
  }
  return out;
}

Target target_at(std::string_view packed, std::size_t at) {
  Target target{};
  std::memcpy(&target.destination, packed.data() + at, 8);
  std::memcpy(&target.key, packed.data() + at + 8, 8);
  target.priority = static_cast<std::uint8_t>(packed[at + 16]);
  return target;
}

template <class F>
void each_target(std::string_view packed, F&& take) {
  for (std::size_t at = 0; at + kTargetBytes <= packed.size(); at += kTargetBytes) take(target_at(packed, at));
}

// What all deliveries of a batch share: one row a destination and fate that is counted up, one mark a line, one cursor a destination.
class Accounts : public database::Deferred {
 public:
  void count(std::int64_t destination, Fate fate, std::int64_t by) { counts_[{destination, static_cast<int>(fate)}] += by; }
  void mark(std::int64_t destination, std::int64_t line, std::int64_t number) { marks_[{destination, line}] = number; }
  void advance(std::int64_t destination, std::int64_t through) { cursors_[destination] = through; }

  void flush(database::Connection& writer) override {
    for (const auto& [key, by] : counts_) {
      if (by == 0) continue;
      writer
          .prepare(
              "INSERT INTO delivery_count VALUES(?1, ?2, ?3) ON CONFLICT(destination, fate) DO UPDATE SET deliveries = delivery_count.deliveries + "
              "excluded.deliveries")
          .bind(1, key.first)
          .bind(2, key.second)
          .bind(3, by)
          .run();
    }
    for (const auto& [key, number] : marks_) {
      writer
          .prepare("INSERT INTO delivery_mark VALUES(?1, ?2, ?3) ON CONFLICT(destination, line) DO UPDATE SET number = excluded.number")
          .bind(1, key.first)
          .bind(2, key.second)
          .bind(3, number)
          .run();
    }
    for (const auto& [destination, through] : cursors_) {
      writer.prepare("UPDATE destination SET through = ?2 WHERE number = ?1").bind(1, destination).bind(2, through).run();
    }
    discard();
  }
  void discard() override {
    counts_.clear();
    marks_.clear();
    cursors_.clear();
  }

 private:
  std::map<std::pair<std::int64_t, int>, std::int64_t> counts_;
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> marks_;
  std::map<std::int64_t, std::int64_t> cursors_;
};

}  // namespace

std::int64_t destination_number(database::Connection& writer, std::string_view hospital, std::string_view name) {
  auto known = writer.prepare("SELECT number FROM destination WHERE hospital = ?1 AND name = ?2");
  known.bind(1, hospital).bind(2, name);
  if (known.step()) return known.integer(0);
  auto last = writer.prepare("SELECT max(number) FROM destination");
  const std::int64_t number = (last.step() ? last.integer(0) : 0) + 1;
  // Nothing that was there before it is for it.
  auto newest = writer.prepare("SELECT max(number) FROM outbox");
  const std::int64_t through = newest.step() ? newest.integer(0) : 0;
  writer.prepare("INSERT INTO destination VALUES(?1, ?2, ?3, ?4, 0)").bind(1, number).bind(2, hospital).bind(3, name).bind(4, through).run();
  return number;
}

void enqueue(database::Connection& writer, std::int64_t number, std::span<const Target> targets) {
  if (targets.empty()) return;
  writer.prepare("INSERT INTO outbox VALUES(?1, ?2)").bind(1, number).bind_blob(2, pack(targets)).run();
  auto& accounts = writer.deferred<Accounts>();
  for (const Target& target : targets) accounts.count(target.destination, Fate::queued, 1);
}

void record(database::Connection& writer, const Delivery& delivery, Fate before) {
  writer
      .prepare(
          "INSERT INTO delivery VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT(number, destination) DO UPDATE SET fate = "
          "excluded.fate, attempts = excluded.attempts, doubts = excluded.doubts, first = excluded.first, last = excluded.last, took = excluded.took, next = "
          "excluded.next, error = excluded.error, answer = excluded.answer")
      .bind(1, delivery.number)
      .bind(2, delivery.destination)
      .bind(3, static_cast<std::int64_t>(delivery.fate))
      .bind(4, delivery.key)
      .bind(5, static_cast<std::int64_t>(delivery.priority))
      .bind(6, delivery.attempts)
      .bind(7, delivery.doubts)
      .bind(8, delivery.first)
      .bind(9, delivery.last)
      .bind(10, delivery.took)
      .bind(11, delivery.next)
      .bind(12, delivery.error)
      .bind(13, delivery.answer)
      .run();
  if (before == delivery.fate) return;
  auto& accounts = writer.deferred<Accounts>();
  accounts.count(delivery.destination, before, -1);
  accounts.count(delivery.destination, delivery.fate, 1);
}

void mark(database::Connection& writer, std::int64_t destination, std::int64_t line, std::int64_t number) {
  writer.deferred<Accounts>().mark(destination, line, number);
}

void advance(database::Connection& writer, std::int64_t destination, std::int64_t through) {
  writer.deferred<Accounts>().advance(destination, through);
}

std::vector<Place> places(database::Connection& reader) {
  std::vector<Place> out;
  for (auto rows = reader.prepare("SELECT number, hospital, name, through, paused FROM destination ORDER BY number"); rows.step();) {
    out.push_back({rows.integer(0), std::string(rows.text(1)), std::string(rows.text(2)), rows.integer(3), rows.integer(4) != 0});
  }
  return out;
}

std::int64_t cursor(database::Connection& reader, std::int64_t destination) {
  auto row = reader.prepare("SELECT through FROM destination WHERE number = ?1");
  row.bind(1, destination);
  return row.step() ? row.integer(0) : 0;
}

void pause(database::Connection& writer, std::int64_t destination, bool paused) {
  writer.prepare("UPDATE destination SET paused = ?2 WHERE number = ?1").bind(1, destination).bind(2, static_cast<std::int64_t>(paused)).run();
}

std::vector<Mark> marks(database::Connection& reader, std::int64_t destination) {
  std::vector<Mark> out;
  auto rows = reader.prepare("SELECT line, number FROM delivery_mark WHERE destination = ?1 AND number <> 0 ORDER BY number");
  rows.bind(1, destination);
  while (rows.step()) out.push_back({rows.integer(0), rows.integer(1)});
  return out;
}

Waiting waiting(database::Connection& reader, std::int64_t destination, std::int64_t after, std::size_t most) {
  Waiting out;
  out.through = after;
  {
    auto rows = reader.walk("SELECT number, targets FROM outbox WHERE number > ?1 ORDER BY number");
    rows.bind(1, after);
    for (std::size_t looked = 0; rows.step(); ++looked) {
      if (looked == most) {
        out.whole = false;
        break;
      }
      out.through = rows.integer(0);
      each_target(rows.blob(1), [&](const Target& target) {
        if (target.destination == destination) out.found.emplace_back(out.through, target);
      });
    }
  }
  if (out.found.empty()) return out;
  std::unordered_set<std::int64_t> known;
  auto rows = reader.prepare("SELECT number FROM delivery WHERE number >= ?1 AND number <= ?2 AND destination = ?3");
  rows.bind(1, out.found.front().first).bind(2, out.found.back().first).bind(3, destination);
  while (rows.step()) known.insert(rows.integer(0));
  std::erase_if(out.found, [&](const auto& each) { return known.contains(each.first); });
  return out;
}

bool trim_outbox(database::Connection& writer, std::size_t most) {
  writer.flush_deferred();  // the counts of this batch
  auto row = writer.prepare("SELECT min(number), max(number) FROM outbox");
  if (!row.step() || row.null(0)) return false;
  const std::int64_t first = row.integer(0);
  // Who waits for nothing needs no row, wherever its cursor stands.
  auto behind = writer.prepare(
      "SELECT min(through) FROM destination WHERE number IN (SELECT destination FROM delivery_count WHERE fate = 0 AND deliveries > 0)");
  const std::int64_t needless = behind.step() && !behind.null(0) ? behind.integer(0) : row.integer(1);
  const std::int64_t through = std::min(needless, first + static_cast<std::int64_t>(most) - 1);
  if (first > through) return false;
  writer.prepare("DELETE FROM outbox WHERE number <= ?1").bind(1, through).run();
  return through < needless;
}

bool keep_outbox(database::Database& database, bool at_rest, const std::atomic<bool>&) {
  // While messages come it is left alone until there is something to gain.
  constexpr std::int64_t kWorthIt = 10'000;
  constexpr std::size_t kAtOnce = 4'000;
  const std::int64_t rows = database.read([](database::Connection& reader) -> Result<std::int64_t> {
    auto row = reader.prepare("SELECT min(number), max(number) FROM outbox");
    return row.step() && !row.null(0) ? row.integer(1) - row.integer(0) + 1 : 0;
  }).value_or(0);
  if (rows == 0 || (rows < kWorthIt && !at_rest)) return false;
  bool more = false;
  const auto done = database.write_as_keeper([&](database::Connection& writer) -> Result<void> {
    more = trim_outbox(writer, kAtOnce);
    return {};
  });
  return done && more;
}

std::vector<Target> targets_of(database::Connection& reader, std::int64_t number) {
  std::vector<Target> out;
  auto row = reader.prepare("SELECT targets FROM outbox WHERE number = ?1");
  row.bind(1, number);
  if (row.step()) each_target(row.blob(0), [&](const Target& target) { out.push_back(target); });
  return out;
}

}  // namespace yilian::journal
