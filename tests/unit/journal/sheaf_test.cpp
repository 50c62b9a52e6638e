#include "engine/journal/sheaf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "engine/journal/delivery.h"
#include "engine/journal/keeping.h"
#include "engine/journal/terms.h"
#include "tests/unit/journal/fixture.h"

namespace yilian::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> terms_of(std::string_view text) {
  std::vector<std::string> out;
  for (Runs at(text); at.next();) out.emplace_back(at.run());
  return out;
}

bool says(std::string_view message, std::string_view typed) {
  const auto wanted = Wanted::read(typed);
  EXPECT_TRUE(wanted) << typed;
  return wanted && wanted->is_in(searchable(message, "UTF-8"));
}

TEST(Terms, AreWordsAndRunsOfOtherCharacters) {
  EXPECT_THAT(terms_of("pid|1||p12^^^lab 王芳~ab张三c"), ElementsAre("pid", "1", "p12", "lab", "王芳", "ab", "张三", "c"));
  EXPECT_THAT(terms_of("|^~\\&"), IsEmpty());
}

TEST(Terms, WhatIsAskedForStandsInTheMessage) {
  constexpr std::string_view kMessage = "MSH|^~\\&|LIS\rPID|1||P12^^^LAB||王^芳芳||19800101\rOBX|1|NM|GLU^Glucose||5.1\r";
  EXPECT_TRUE(says(kMessage, "glucose"));
  EXPECT_TRUE(says(kMessage, "p12 GLU"));
  EXPECT_TRUE(says(kMessage, "王芳"));
  EXPECT_TRUE(says(kMessage, "芳芳"));
  EXPECT_TRUE(says(kMessage, "５.1"));
  EXPECT_FALSE(says(kMessage, "gluco"));
  EXPECT_FALSE(says(kMessage, "王芳 calcium"));
  EXPECT_FALSE(says(kMessage, "芳王"));
  EXPECT_FALSE(Wanted::read("王"));
  EXPECT_FALSE(Wanted::read(" |^ "));
}

TEST(Terms, AreOfTheTextWhateverItsCharset) {
  EXPECT_EQ(searchable("PID|\xCD\xF5^\xB7\xBC", "GB18030"), searchable("PID|王^芳", "UTF-8"));
  EXPECT_FALSE(searchable("\xFF\xFE\xFF no text", "UTF-8").empty());
}

class SheafTest : public JournalFixture {
 protected:
  // Messages up to this number; `special` says what some of them have.
  void fill(std::int64_t last, const std::map<std::int64_t, std::string>& special, State state = State::stored) {
    for (std::int64_t number = next_; number <= last;) {
      write([&](database::Connection& writer) {
        for (int i = 0; i < 1000 && number <= last; ++i, ++number) {
          Entry entry;
          entry.received = number * 1'000'000;
          entry.hospital = "first";
          entry.feed = number % 2 == 0 ? "his" : "lis";
          entry.type = number % 3 == 0 ? "ADT" : "ORU";
          entry.event = "X01";
          entry.charset = "UTF-8";
          entry.state = state;
          const auto found = special.find(number);
          entry.raw = "MSH|common|n" + std::to_string(number) + "\r" + (found != special.end() ? found->second : "");
          append(writer, prepare(std::move(entry)));
        }
      });
    }
    next_ = last + 1;
  }
  std::vector<std::int64_t> found(const Query& query) {
    const auto all = database_->read([&](database::Connection& reader) { return find(reader, query); });
    EXPECT_TRUE(all) << all.error().line();
    std::vector<std::int64_t> out;
    for (const Entry& each : all.value_or(std::vector<Entry>())) out.push_back(each.number);
    return out;
  }
  std::int64_t made() {
    return database_->read([](database::Connection& reader) { return sheaves_made(reader); });
  }
  void make_all() {
    while (make_sheaf(*database_, closing_)) {
    }
  }

  std::int64_t next_ = 1;
};

TEST_F(SheafTest, WhatMessagesSayIsFoundInSheavesAndBehindThem) {
  constexpr std::int64_t kLast = 2 * kSheafMessages + 500;
  fill(kLast, {{5, "PID|王^芳"}, {kSheafMessages - 1, "rare word"}, {kSheafMessages, "PID|王^芳|rare"}, {kLast - 3, "PID|王^芳"}});
  const std::vector<Query> queries{{.content = "王芳"},
                                   {.content = "rare"},
                                   {.content = "rare 王芳"},
                                   {.content = "n" + std::to_string(kSheafMessages + 7)},
                                   {.content = "common"},
                                   {.content = "nothing"},
                                   {.feed = "his", .content = "王芳"},
                                   {.hospital = "first", .feed = "lis", .content = "rare"},
                                   {.hospital = "second"},
                                   {.hospital = "first", .type = "ADT", .before = kSheafMessages + 10, .count = 7},
                                   {.type = "ADT^X01", .before = 100},
                                   {.type = "ADT^X02"},
                                   {.after = 6, .content = "王芳"},
                                   {.before = kLast - 3, .content = "王芳"},
                                   {.count = 2, .content = "王芳"},
                                   {.from = (kSheafMessages - 2) * 1'000'000, .to = (kSheafMessages + 1) * 1'000'000, .content = "rare"}};
  std::vector<std::vector<std::int64_t>> before;
  for (Query query : queries) {
    before.push_back(found(query));
  }
  EXPECT_THAT(before[0], ElementsAre(kLast - 3, kSheafMessages, 5));
  EXPECT_THAT(before[2], ElementsAre(kSheafMessages));
  EXPECT_THAT(before[4], SizeIs(50));
  EXPECT_THAT(before[5], IsEmpty());
  EXPECT_THAT(before[9], SizeIs(7));
  EXPECT_EQ(made(), 0);
  make_all();
  EXPECT_EQ(made(), 2);
  for (std::size_t i = 0; i < queries.size(); ++i) EXPECT_EQ(found(queries[i]), before[i]) << i;
}

TEST_F(SheafTest, TermsLeadToFewMessages) {
  fill(kSheafMessages + 10, {{77, "PID|王^芳"}});
  make_all();
  const auto may = [&](std::vector<std::uint32_t> terms) { return database_->read([&](database::Connection& reader) { return may_have(reader, 0, terms); }); };
  EXPECT_THAT(*may({term("王芳")}), ElementsAre(77));
  EXPECT_THAT(*may({term("王芳"), term("common")}), ElementsAre(77));
  EXPECT_THAT(*may({term("n8"), term("n9")}), IsEmpty());
  EXPECT_FALSE(may({term("common")}));
}

TEST_F(SheafTest, ALongMessageMayHaveAnything) {
  fill(kSheafMessages + 10, {{9, "OBX|" + std::string(300 * 1024, 'x') + " needle"}});
  make_all();
  EXPECT_THAT(found({.content = "needle"}), ElementsAre(9));
}

TEST_F(SheafTest, WholeSheavesGoWhenTheyAreOldEnough) {
  const std::int64_t last = 2 * kSheafMessages + 5;
  fill(last, {{3, "PID|王^芳"}});
  make_all();
  const Instant present = last * 1'000'000;
  std::int64_t removed = 0;
  EXPECT_FALSE(remove_oldest(*database_, present, removed, closing_));  // for ever
  write([&](database::Connection& writer) { keep_messages_for(writer, kSheafMessages * 1'000'000); });
  EXPECT_TRUE(remove_oldest(*database_, present, removed, closing_));
  EXPECT_EQ(removed, kSheafMessages - 1);
  EXPECT_FALSE(remove_oldest(*database_, present, removed, closing_));  // the next one is not old enough
  EXPECT_THAT(found({.content = "王芳"}), IsEmpty());
  EXPECT_THAT(found({.content = "n" + std::to_string(kSheafMessages)}), ElementsAre(kSheafMessages));
  std::int64_t counted = 0;
  for (const Count& each : database_->read([](database::Connection& reader) { return counts(reader); })) counted += each.messages;
  EXPECT_EQ(counted, last - removed);
}

TEST_F(SheafTest, WhatSomebodyStillWaitsForStays) {
  std::int64_t destination = 0;
  write([&](database::Connection& writer) { destination = destination_number(writer, "first", "a"); });
  fill(kSheafMessages + 5, {});
  write([&](database::Connection& writer) {
    keep_messages_for(writer, 1);
    enqueue(writer, 7, std::vector<Target>{{destination, 1, 1}});
  });
  const Instant present = 100'000'000'000'000;
  std::int64_t removed = 0;
  EXPECT_FALSE(remove_oldest(*database_, present, removed, closing_));  // queued
  Delivery delivery;
  delivery.number = 7;
  delivery.destination = destination;
  delivery.fate = Fate::dead;
  write([&](database::Connection& writer) { record(writer, delivery, Fate::queued); });
  EXPECT_FALSE(remove_oldest(*database_, present, removed, closing_));  // a dead letter
  delivery.fate = Fate::dropped;
  write([&](database::Connection& writer) { record(writer, delivery, Fate::dead); });
  EXPECT_TRUE(remove_oldest(*database_, present, removed, closing_));
  EXPECT_EQ(removed, kSheafMessages - 1);
}

}  // namespace
}  // namespace yilian::journal
