#include <map>
#include <tuple>

#include "engine/journal/prepared.h"

namespace yilian::journal {
namespace {

// What goes on through a batch: the numbers, and one row a feed and state that is counted up once.
class Appending : public database::Deferred {
 public:
  std::int64_t next(database::Connection& writer) {
    if (next_ == 0) {
      auto row = writer.prepare("SELECT max(number) FROM message");
      next_ = (row.step() ? row.integer(0) : 0) + 1;
    }
    return next_;
  }
  void add(const Entry& entry) {
    ++next_;
    count(entry.hospital, entry.feed, entry.state, 1);
  }
  void count(const std::string& hospital, const std::string& feed, State state, std::int64_t by) { added_[{hospital, feed, static_cast<int>(state)}] += by; }
  void flush(database::Connection& writer) override {
    for (const auto& [key, messages] : added_) {
      const auto& [hospital, feed, state] = key;
      writer
          .prepare(
              "INSERT INTO message_count VALUES(?1, ?2, ?3, ?4) ON CONFLICT(hospital, feed, state) DO UPDATE SET "
              "messages = message_count.messages + excluded.messages")
          .bind(1, hospital)
          .bind(2, feed)
          .bind(3, state)
          .bind(4, messages)
          .run();
    }
    added_.clear();
  }
  void discard() override {
    added_.clear();
    next_ = 0;
  }

 private:
  std::int64_t next_ = 0;  // 0: not known
  std::map<std::tuple<std::string, std::string, int>, std::int64_t> added_;
};

}  // namespace

std::optional<Duplicate> find_duplicate(database::Connection& connection, const PreparedPtr& entry) {
  auto rows = connection.prepare("SELECT digest, answer, number FROM message WHERE key = ?1 AND state = 1");
  rows.bind(1, entry->key);
  while (rows.step()) {
    if (rows.blob(0) == entry->digest) return Duplicate{rows.integer(2), std::string(rows.text(1))};
  }
  return std::nullopt;
}

std::int64_t next_number(database::Connection& writer) { return writer.deferred<Appending>().next(writer); }

std::int64_t append(database::Connection& writer, const PreparedPtr& prepared) {
  const Entry& entry = prepared->entry;
  const std::int64_t number = next_number(writer);
  const std::string& packed = prepared->packed.get();
  writer
      .prepare(
          "INSERT INTO message VALUES(?21, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, "
          "?17, ?18, ?19, ?20)")
      .bind(1, entry.received)
      .bind(2, static_cast<std::int64_t>(entry.state))
      .bind(3, prepared->key)
      .bind_blob(4, prepared->digest)
      .bind(5, entry.hospital)
      .bind(6, entry.feed)
      .bind(7, entry.peer)
      .bind(8, entry.type)
      .bind(9, entry.event)
      .bind(10, entry.structure)
      .bind(11, entry.control_id)
      .bind(12, entry.sender)
      .bind(13, entry.charset)
      .bind(14, entry.error)
      .bind(15, entry.patient)
      .bind(16, static_cast<std::int64_t>(entry.mapping))
      .bind(17, entry.answer)
      .bind_blob(18, prepared->notices)
      .bind(19, static_cast<std::int64_t>(prepared->raw_size))
      .bind_blob(20, packed)
      .bind(21, number)
      .run();
  writer.deferred<Appending>().add(entry);
  return number;
}

void note_copy(database::Connection& writer, std::int64_t number, std::int64_t of) {
  writer.prepare("INSERT INTO message_copy VALUES(?1, ?2)").bind(1, number).bind(2, of).run();
}

namespace {

void replace_one(database::Connection& writer, std::int64_t number) {
  auto row = writer.prepare("SELECT hospital, feed, state FROM message WHERE number = ?1");
  row.bind(1, number);
  if (!row.step()) return;
  const std::string hospital(row.text(0)), feed(row.text(1));
  const auto before = static_cast<State>(row.integer(2));
  row.reset();
  if (before != State::parked && before != State::refused) return;
  writer.prepare("UPDATE message SET state = ?2 WHERE number = ?1").bind(1, number).bind(2, static_cast<std::int64_t>(State::replaced)).run();
  auto& appending = writer.deferred<Appending>();
  appending.count(hospital, feed, before, -1);
  appending.count(hospital, feed, State::replaced, 1);
}

}  // namespace

void replace(database::Connection& writer, std::int64_t number) {
  replace_one(writer, number);
  for (const std::int64_t each : copies(writer, number).replays) replace_one(writer, each);
}

Copies copies(database::Connection& reader, std::int64_t number) {
  Copies out;
  auto of = reader.prepare("SELECT of FROM message_copy WHERE number = ?1");
  of.bind(1, number);
  if (of.step()) out.of = of.integer(0);
  auto rows = reader.prepare("SELECT number FROM message_copy WHERE of = ?1 ORDER BY number");
  rows.bind(1, number);
  while (rows.step()) out.replays.push_back(rows.integer(0));
  return out;
}

}  // namespace yilian::journal
