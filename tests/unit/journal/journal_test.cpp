#include "engine/journal/journal.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/unit/database/store_place.h"

namespace yilian::journal {
namespace {

Entry message(const std::string& control_id, const std::string& raw = "MSH|^~\\&|LIS|A\r") {
  Entry entry;
  entry.received = 1'700'000'000'000'000;
  entry.hospital = "first";
  entry.feed = "lis";
  entry.peer = "127.0.0.1:4711";
  entry.type = "ORU";
  entry.event = "R01";
  entry.structure = "ORU_R01";
  entry.control_id = control_id;
  entry.sender = "LIS|A";
  entry.charset = "GB18030";
  entry.patient = "Patient/1";
  entry.raw = raw;
  entry.answer = "MSA|AA|" + control_id;
  entry.mapping = 0xFEDCBA9876543210U;
  entry.notices = {{"PID-8", "'男' is not in the table"}, {"", ""}};
  return entry;
}

class Journal : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = database::Database::open(folder_.place(), {schema()});
    ASSERT_TRUE(opened) << opened.error().line();
    database_ = std::move(*opened);
  }
  std::int64_t add(Entry entry) {
    std::int64_t number = 0;
    const auto prepared = prepare(std::move(entry));
    EXPECT_TRUE(database_->write([&](database::Connection& writer) -> Result<void> {
      number = append(writer, prepared);
      return {};
    }));
    return number;
  }
  std::optional<std::string> duplicate(Entry entry) {
    return database_->read(
        [&](database::Connection& reader) -> std::optional<std::string> {
          auto found = find_duplicate(reader, prepare(std::move(entry)));
          if (!found) return std::nullopt;
          return found->answer;
        });
  }
  std::vector<Entry> found(const Query& query) {
    return database_->read([&](database::Connection& reader) { return find(reader, query); }).value();
  }
  Result<Entry> get(std::int64_t number) {
    return database_->read([&](database::Connection& reader) { return read(reader, number); });
  }

  testing::StorePlace folder_;
  std::unique_ptr<database::Database> database_;
};

TEST_F(Journal, KeepsEverything) {
  const Entry put = message("A1", std::string("MSH|\0\xB5\xC4\r", 9));
  const std::int64_t number = add(put);
  auto got = get(number);
  ASSERT_TRUE(got) << got.error().line();
  EXPECT_EQ(got->number, number);
  EXPECT_EQ(got->received, put.received);
  for (const auto member : {&Entry::hospital, &Entry::feed, &Entry::peer, &Entry::type, &Entry::event,
                            &Entry::structure, &Entry::control_id, &Entry::sender, &Entry::charset, &Entry::error,
                            &Entry::patient, &Entry::raw, &Entry::answer}) {
    EXPECT_EQ((*got).*member, put.*member);
  }
  EXPECT_EQ(got->mapping, put.mapping);
  EXPECT_EQ(got->notices, put.notices);
  EXPECT_EQ(got->state, State::stored);
}

TEST_F(Journal, FiftyMegabytes) {
  std::string raw(50u << 20, 'x');
  for (std::size_t i = 0; i < raw.size(); i += 7) raw[i] = static_cast<char>(i * 2654435761U >> 24);
  const std::int64_t number = add(message("B", raw));
  auto got = get(number);
  ASSERT_TRUE(got);
  EXPECT_TRUE(got->raw == raw);
  EXPECT_TRUE(found({}).front().raw.empty());
  EXPECT_TRUE(duplicate(message("B", raw)));
  raw.back() = '!';
  EXPECT_FALSE(duplicate(message("B", raw)));
}

TEST_F(Journal, ADuplicateIsTheSameInAllThatMakesAMessage) {
  add(message("A1"));
  EXPECT_EQ(duplicate(message("A1")), "MSA|AA|A1");
  EXPECT_FALSE(duplicate(message("A2")));
  EXPECT_FALSE(duplicate(message("A1", "MSH|other")));
  Entry other = message("A1");
  other.feed = "his";
  EXPECT_FALSE(duplicate(other));
  other = message("A1");
  other.sender = "LIS|B";
  EXPECT_FALSE(duplicate(other));
  other = message("A1");
  other.hospital = "second";
  EXPECT_FALSE(duplicate(other));
  other = message("A1");
  other.peer = "10.0.0.1:99";  // the same message over another connection
  EXPECT_TRUE(duplicate(other));
}

TEST_F(Journal, WhatWasNotStoredMayComeAgain) {
  for (const State state : {State::parked, State::refused, State::noise}) {
    Entry entry = message("R");
    entry.state = state;
    entry.error = "PID-3: missing";
    add(entry);
  }
  EXPECT_FALSE(duplicate(message("R")));
  add(message("R"));
  EXPECT_TRUE(duplicate(message("R")));
}

TEST_F(Journal, FindsByEachOfItsKeysAndPages) {
  for (int i = 0; i < 30; ++i) {
    Entry entry = message("C" + std::to_string(i % 10));
    entry.raw += std::to_string(i);
    if (i % 3 == 0) entry.feed = "his";
    if (i % 5 == 0) entry.state = State::parked;
    entry.patient = i % 2 == 0 ? "Patient/even" : "";
    add(entry);
  }
  EXPECT_EQ(found({}).size(), 30U);
  EXPECT_EQ(found({.control_id = "C3"}).size(), 3U);
  EXPECT_EQ(found({.feed = "his"}).size(), 10U);
  EXPECT_EQ(found({.patient = "Patient/even"}).size(), 15U);
  EXPECT_EQ(found({.state = State::parked}).size(), 6U);
  EXPECT_EQ(found({.state = State::stored}).size(), 24U);
  EXPECT_EQ(found({.feed = "his", .state = State::parked}).size(), 2U);
  EXPECT_EQ(found({.hospital = "second"}).size(), 0U);
  std::vector<std::int64_t> numbers;
  Query query{.count = 7};
  for (auto page = found(query); !page.empty(); page = found(query)) {
    for (const Entry& entry : page) numbers.push_back(entry.number);
    query.before = page.back().number;
  }
  EXPECT_EQ(numbers.size(), 30U);
  EXPECT_TRUE(std::is_sorted(numbers.rbegin(), numbers.rend()));
}

TEST_F(Journal, FindsByTimeAndType) {
  constexpr Instant kHour = 3'600'000'000, kBegin = 1'700'000'000'000'000;
  for (int i = 0; i < 100; ++i) {
    Entry entry = message("t" + std::to_string(i));
    entry.received = kBegin + i * kHour;
    if (i % 2 == 1) entry.type = "ADT", entry.event = "A01";
    add(std::move(entry));
  }
  const auto numbers = [&](const Query& query) {
    std::vector<std::int64_t> out;
    for (const Entry& entry : found(query)) out.push_back(entry.number);
    return out;
  };
  using Numbers = std::vector<std::int64_t>;
  EXPECT_EQ(numbers({.from = kBegin + 97 * kHour}), (Numbers{100, 99, 98}));
  EXPECT_EQ(numbers({.to = kBegin + 2 * kHour}), (Numbers{2, 1}));
  EXPECT_EQ(numbers({.from = kBegin + 50 * kHour, .to = kBegin + 53 * kHour}), (Numbers{53, 52, 51}));
  EXPECT_EQ(numbers({.type = "ADT", .from = kBegin + 50 * kHour, .to = kBegin + 53 * kHour}), (Numbers{52}));
  EXPECT_EQ(numbers({.type = "ADT^A01", .count = 2}), (Numbers{100, 98}));
  EXPECT_EQ(numbers({.type = "ADT^A02"}), Numbers{});
  EXPECT_EQ(numbers({.after = 98}), (Numbers{100, 99}));
  EXPECT_EQ(numbers({.from = kBegin + 500 * kHour}), Numbers{});
  EXPECT_EQ(numbers({.to = kBegin}), Numbers{});
}

TEST_F(Journal, CountsByFeedAndState) {
  add(message("1"));
  add(message("2"));
  Entry parked = message("3");
  parked.state = State::parked;
  add(parked);
  const auto all = database_->read([](database::Connection& reader) { return counts(reader); });
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].feed, "lis");
  EXPECT_EQ(all[0].hospital, "first");
  EXPECT_EQ(all[0].messages, 2);
  EXPECT_EQ(all[1].state, State::parked);
  EXPECT_EQ(all[1].messages, 1);
}

TEST_F(Journal, AnUnknownNumberIsNotFound) {
  auto got = get(99);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, Code::not_found);
}

TEST_F(Journal, AReplayIsKnownOnBothSides) {
  Entry broken = message("A1");
  broken.state = State::parked;
  const std::int64_t first = add(broken), second = add(message("A1", "MSH|mended"));
  EXPECT_TRUE(database_->write([&](database::Connection& writer) -> Result<void> {
    note_copy(writer, second, first);
    replace(writer, first);
    replace(writer, second);  // it was stored: nothing happens
    return {};
  }));
  const auto of = [&](std::int64_t number) { return database_->read([&](database::Connection& reader) { return copies(reader, number); }); };
  EXPECT_EQ(of(second).of, first);
  EXPECT_EQ(of(first).replays, std::vector<std::int64_t>{second});
  EXPECT_EQ(get(first)->state, State::replaced);
  EXPECT_EQ(get(second)->state, State::stored);
  std::map<State, std::int64_t> counted;
  for (const Count& each : database_->read([](database::Connection& reader) { return counts(reader); })) counted[each.state] += each.messages;
  EXPECT_EQ(counted[State::parked], 0);
  EXPECT_EQ(counted[State::replaced], 1);
  EXPECT_EQ(counted[State::stored], 1);
}

}  // namespace
}  // namespace yilian::journal
