#include "engine/journal/keeping.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "engine/base/log.h"
#include "engine/journal/delivery.h"
#include "engine/journal/journal.h"
#include "engine/journal/sheaf.h"

namespace yilian::journal {
namespace {

constexpr std::int64_t kTime = 1;       // a row of message_keeping
constexpr std::int64_t kAtOnce = 512;   // messages removed in one task

struct Going {
  std::int64_t begin = 0, end = 0;  // numbers, the end without
};

// Nothing: the oldest sheaf is to be kept.
std::optional<Going> oldest_to_go(database::Connection& reader, Instant now) {
  const Instant time = messages_kept_for(reader);
  if (time <= 0) return std::nullopt;
  auto first = reader.prepare("SELECT min(number) FROM message");
  if (!first.step() || first.null(0)) return std::nullopt;
  const std::int64_t begin = first.integer(0), end = (sheaf_of(begin) + 1) << kSheafBits;
  if (end > newest(reader)) return std::nullopt;  // not whole yet
  auto young = reader.prepare("SELECT max(received) FROM message WHERE number >= ?1 AND number < ?2");
  young.bind(1, begin).bind(2, end);
  if (!young.step() || young.integer(0) > now - time) return std::nullopt;
  // Parked ones wait for somebody, too.
  auto parked = reader.prepare("SELECT min(number) FROM message WHERE state = 2 AND state <> 1");
  if (parked.step() && !parked.null(0) && parked.integer(0) < end) return std::nullopt;
  auto open = reader.prepare("SELECT min(number) FROM delivery WHERE fate <> 1 AND fate <> 4 AND number < ?1");
  open.bind(1, end);
  if (open.step() && !open.null(0)) return std::nullopt;
  for (const DeliveryCount& count : delivery_counts(reader)) {
    if (count.by_fate[static_cast<std::size_t>(Fate::queued)] == 0) continue;
    const auto waits = oldest_undelivered(reader, count.destination);
    if (waits && waits->number < end) return std::nullopt;
  }
  return Going{begin, end};
}

// Counts say what is there.
void take_from_counts(database::Connection& writer, std::int64_t from, std::int64_t before) {
  struct Gone {
    std::string hospital, feed;
    std::int64_t state, messages;
  };
  std::vector<Gone> gone;
  auto rows = writer.prepare("SELECT hospital, feed, state, count(*) FROM message WHERE number >= ?1 AND number < ?2 GROUP BY hospital, feed, state");
  rows.bind(1, from).bind(2, before);
  while (rows.step()) gone.push_back({std::string(rows.text(0)), std::string(rows.text(1)), rows.integer(2), rows.integer(3)});
  for (const Gone& each : gone) {
    writer.prepare("UPDATE message_count SET messages = messages - ?4 WHERE hospital = ?1 AND feed = ?2 AND state = ?3")
        .bind(1, each.hospital)
        .bind(2, each.feed)
        .bind(3, each.state)
        .bind(4, each.messages)
        .run();
  }
}

}  // namespace

void keep_messages_for(database::Connection& writer, Instant time) {
  writer.prepare("INSERT INTO message_keeping VALUES(?1, ?2) ON CONFLICT(what) DO UPDATE SET value = excluded.value").bind(1, kTime).bind(2, time).run();
}

Instant messages_kept_for(database::Connection& reader) {
  auto row = reader.prepare("SELECT value FROM message_keeping WHERE what = ?1");
  row.bind(1, kTime);
  return row.step() ? row.integer(0) : 0;
}

bool remove_oldest(database::Database& database, Instant at, std::int64_t& removed, const std::atomic<bool>& closing) {
  const auto oldest = database.read([&](database::Connection& reader) -> Result<std::optional<Going>> { return oldest_to_go(reader, at); });
  if (!oldest || !*oldest) return false;
  for (std::int64_t from = (*oldest)->begin; from < (*oldest)->end; from += kAtOnce) {
    if (closing) return false;
    const std::int64_t before = std::min(from + kAtOnce, (*oldest)->end);
    const auto done = database.write_as_keeper([&](database::Connection& writer) -> Result<void> {
      writer.flush_deferred();
      take_from_counts(writer, from, before);
      writer.prepare("DELETE FROM message WHERE number >= ?1 AND number < ?2").bind(1, from).bind(2, before).run();
      removed += writer.changes();
      writer.prepare("DELETE FROM delivery WHERE number >= ?1 AND number < ?2").bind(1, from).bind(2, before).run();
      writer.prepare("DELETE FROM message_copy WHERE number >= ?1 AND number < ?2").bind(1, from).bind(2, before).run();
      if (before == (*oldest)->end) writer.prepare("DELETE FROM message_terms WHERE sheaf = ?1").bind(1, sheaf_of((*oldest)->begin)).run();
      return {};
    });
    if (!done) return false;
  }
  return true;
}

bool keep_journal(database::Database& database, bool at_rest, const std::atomic<bool>& closing) {
  if (keep_outbox(database, at_rest, closing)) return true;
  if (make_sheaf(database, closing)) return true;
  std::int64_t removed = 0;
  const bool more = remove_oldest(database, now(), removed, closing);
  if (removed > 0) log::info("journal", "messages removed that were kept long enough", {{"messages", removed}});
  return more;
}

}  // namespace yilian::journal
