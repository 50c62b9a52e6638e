#include <algorithm>
#include <limits>

#include "engine/journal/delivery.h"

namespace yilian::journal {
namespace {

constexpr std::size_t kMostFound = 1000;

#define YL_DELIVERY_COLUMNS "number, destination, fate, key, priority, attempts, doubts, first, last, took, next, error, answer"

Delivery delivery_of(const database::Statement& row) {
  Delivery out;
  out.number = row.integer(0);
  out.destination = row.integer(1);
  out.fate = static_cast<Fate>(row.integer(2));
  out.key = row.integer(3);
  out.priority = static_cast<std::uint8_t>(row.integer(4));
  out.attempts = row.integer(5);
  out.doubts = row.integer(6);
  out.first = row.integer(7);
  out.last = row.integer(8);
  out.took = row.integer(9);
  out.next = row.integer(10);
  out.error = row.text(11);
  out.answer = row.text(12);
  return out;
}

Delivery queued(std::int64_t number, const Target& target) {
  Delivery out;
  out.number = number;
  out.destination = target.destination;
  out.key = target.key;
  out.priority = target.priority;
  return out;
}

// The narrowest way to the deliveries asked for; what it does not cover, fits() does.
database::Statement way(database::Connection& reader, const DeliveryQuery& query) {
  const std::int64_t before = query.before > 0 ? query.before : std::numeric_limits<std::int64_t>::max();
  if (query.fate && *query.fate != Fate::delivered) {
    if (query.destination) {
      auto rows = reader.walk("SELECT " YL_DELIVERY_COLUMNS
                              " FROM delivery WHERE destination = ?1 AND fate = ?2 AND fate <> 1 AND number < ?3 ORDER BY number DESC");
      rows.bind(1, *query.destination).bind(2, static_cast<std::int64_t>(*query.fate)).bind(3, before);
      return rows;
    }
    auto rows = reader.walk("SELECT " YL_DELIVERY_COLUMNS " FROM delivery WHERE fate = ?1 AND fate <> 1 AND number < ?2 ORDER BY number DESC");
    rows.bind(1, static_cast<std::int64_t>(*query.fate)).bind(2, before);
    return rows;
  }
  auto rows = reader.walk("SELECT " YL_DELIVERY_COLUMNS " FROM delivery WHERE number < ?1 ORDER BY number DESC");
  rows.bind(1, before);
  return rows;
}

bool fits(const DeliveryQuery& query, const Delivery& delivery) {
  return (!query.destination || *query.destination == delivery.destination) && (!query.fate || *query.fate == delivery.fate);
}

}  // namespace

std::vector<Delivery> retrying(database::Connection& reader, std::int64_t destination) {
  std::vector<Delivery> out;
  auto rows = reader.prepare("SELECT " YL_DELIVERY_COLUMNS " FROM delivery WHERE destination = ?1 AND fate = 2 AND fate <> 1 ORDER BY number");
  rows.bind(1, destination);
  while (rows.step()) out.push_back(delivery_of(rows));
  return out;
}

std::vector<std::int64_t> dead_letters(database::Connection& reader, std::int64_t destination, std::int64_t after, std::size_t most) {
  std::vector<std::int64_t> out;
  auto rows = reader.walk("SELECT number FROM delivery WHERE destination = ?1 AND fate = 3 AND fate <> 1 AND number > ?2 ORDER BY number");
  rows.bind(1, destination).bind(2, after);
  while (out.size() < most && rows.step()) out.push_back(rows.integer(0));
  return out;
}

std::vector<Delivery> deliveries(database::Connection& reader, const DeliveryQuery& query) {
  std::vector<Delivery> out;
  const std::size_t most = std::min(query.count, kMostFound);
  for (auto rows = way(reader, query); out.size() < most && rows.step();) {
    Delivery each = delivery_of(rows);
    if (fits(query, each)) out.push_back(std::move(each));
  }
  return out;
}

std::vector<Delivery> deliveries_of(database::Connection& reader, std::int64_t number) {
  std::vector<Delivery> out;
  auto rows = reader.prepare("SELECT " YL_DELIVERY_COLUMNS " FROM delivery WHERE number = ?1 ORDER BY destination");
  rows.bind(1, number);
  while (rows.step()) out.push_back(delivery_of(rows));
  for (const Target& target : targets_of(reader, number)) {
    const auto same = [&](const Delivery& each) { return each.destination == target.destination; };
    if (std::none_of(out.begin(), out.end(), same)) out.push_back(queued(number, target));
  }
  std::sort(out.begin(), out.end(), [](const Delivery& a, const Delivery& b) { return a.destination < b.destination; });
  return out;
}

Result<Delivery> delivery(database::Connection& reader, std::int64_t number, std::int64_t destination) {
  for (Delivery& each : deliveries_of(reader, number)) {
    if (each.destination == destination) return std::move(each);
  }
  return fail(Code::not_found, "message " + std::to_string(number) + " does not go there", "delivery");
}

std::vector<DeliveryCount> delivery_counts(database::Connection& reader) {
  std::vector<DeliveryCount> out;
  for (auto rows = reader.prepare("SELECT destination, fate, deliveries FROM delivery_count ORDER BY destination, fate"); rows.step();) {
    if (out.empty() || out.back().destination != rows.integer(0)) out.push_back({rows.integer(0), {}});
    const auto fate = static_cast<std::size_t>(rows.integer(1));
    if (fate < out.back().by_fate.size()) out.back().by_fate[fate] = rows.integer(2);
  }
  return out;
}

std::optional<Oldest> oldest_undelivered(database::Connection& reader, std::int64_t destination) {
  std::int64_t number = std::numeric_limits<std::int64_t>::max();
  {
    auto row = reader.prepare("SELECT min(number) FROM delivery WHERE destination = ?1 AND fate = 2 AND fate <> 1");
    row.bind(1, destination);
    if (row.step() && !row.null(0)) number = row.integer(0);
  }
  std::int64_t after = cursor(reader, destination);
  for (Waiting some; number > after; after = some.through) {
    some = waiting(reader, destination, after, 1000);
    if (!some.found.empty()) number = std::min(number, some.found.front().first);
    if (!some.found.empty() || some.whole) break;
  }
  if (number == std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  auto row = reader.prepare("SELECT received FROM message WHERE number = ?1");
  row.bind(1, number);
  return Oldest{number, row.step() ? row.integer(0) : 0};
}

}  // namespace yilian::journal
