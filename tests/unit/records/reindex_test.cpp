#include "engine/records/reindex.h"

#include "engine/records/index/index.h"
#include "engine/records/parameter_numbers.h"
#include "tests/unit/records/index_check.h"

namespace yilian::records {
namespace {

class Reindex : public StoreFixture {
 protected:
  // As a former version of the program left it: without what it did not know.
  void forget_what_came_later(std::uint32_t through = 32) {
    ASSERT_TRUE(database_->write([through](database::Connection& writer) -> Result<void> {
      const IndexState former{through, 0, -1};
      auto& changes = writer.deferred<Index>().changes();
      for (const auto& [row, rid] : expected_index(writer)) {
        const std::uint32_t number = static_cast<std::uint32_t>(static_cast<unsigned char>(row[0])) << 24 |
                                     static_cast<std::uint32_t>(static_cast<unsigned char>(row[1])) << 16 |
                                     static_cast<std::uint32_t>(static_cast<unsigned char>(row[2])) << 8 |
                                     static_cast<unsigned char>(row[3]);
        if (number != kResources && is_lacking(former, number, false)) changes.remove(rid, row);
      }
      writer.prepare("UPDATE index_state SET through = ?1, done = 0, last = -1").bind(1, static_cast<std::int64_t>(through)).run();
      return {};
    }));
  }
  Result<Page> by_performer() { return search("Observation", {{"performer", "Practitioner/d"}}); }
};

TEST_F(Reindex, WhatIsLackingIsRefusedUntilItIsThere) {
  for (int i = 0; i < 250; ++i) {
    put(R"({"resourceType":"Observation","id":"o)" + std::to_string(i) +
        R"(","status":"final","code":{"text":"x"},"performer":[{"reference":"Practitioner/d"}]})");
  }
  forget_what_came_later();
  const auto refused = by_performer();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::busy);
  EXPECT_TRUE(search("Observation", {{"status", "final"}})) << "what was known all the time";
  EXPECT_FALSE(search("Observation", {{"code:text", "x"}})) << "the rows beside came later";
  EXPECT_FALSE(search("Practitioner", {{"_revinclude", "*"}}));
  EXPECT_FALSE(search("Practitioner", {{"_has:Observation:performer:status", "final"}}));
  // One that is changed meanwhile, and one that goes.
  put(R"({"resourceType":"Observation","id":"o200","status":"amended","code":{"text":"x"},"performer":[{"reference":"Practitioner/d"}]})");
  remove("Observation", "o201");
  const std::atomic<bool> closing{false};
  while (reindex_some(*database_, closing)) {
  }
  const auto found = by_performer();
  ASSERT_TRUE(found) << found.error().line();
  EXPECT_EQ(found->total, 249);
  expect_index_is_exact();
}

TEST_F(Reindex, WordsAreAddedToADatabaseOfBefore) {
  const std::uint32_t before_words = parameter_number("_text") - 1;
  ASSERT_EQ(parameter_number("_content"), before_words + 2);
  for (int i = 0; i < 250; ++i) {
    put(R"({"resourceType":"Observation","id":"o)" + std::to_string(i) + R"(","status":"final","code":{"text":"血糖 )" + (i % 2 == 0 ? "even" : "odd") +
        R"("},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">told</div>"}})");
  }
  forget_what_came_later(before_words);
  for (const Parameters& asked : std::vector<Parameters>{{{"_content", "even"}}, {{"_text", "told"}}, {{"_content", "even"}, {"status", "final"}}}) {
    const auto refused = search("Observation", asked);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::busy);
  }
  EXPECT_FALSE(search("Patient", {{"_has:Observation:subject:_content", "even"}}));
  EXPECT_TRUE(search("Observation", {{"code:text", "血糖"}})) << "that was there";
  EXPECT_TRUE(search("Patient", {{"_revinclude", "*"}})->entries.empty());
  put(R"({"resourceType":"Observation","id":"o200","status":"final","code":{"text":"changed"}})");
  remove("Observation", "o202");
  const std::atomic<bool> closing{false};
  while (reindex_some(*database_, closing)) {
  }
  EXPECT_EQ(search("Observation", {{"_content", "even"}})->total, 123);
  EXPECT_EQ(search("Observation", {{"_content", "血糖"}})->total, 248);
  EXPECT_EQ(search("Observation", {{"_text", "told"}})->total, 248);
  expect_index_is_exact();
}

TEST_F(Reindex, APassIsBegunByHandAndSearchesGoOn) {
  put(R"({"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"performer":[{"reference":"Practitioner/d"}]})");
  ASSERT_TRUE(database_->write([this](database::Connection& writer) -> Result<void> {
    start_reindex(writer);
    EXPECT_FALSE(index_state(writer).complete());
    EXPECT_TRUE(records::search(writer, scope_, "Practitioner", {{"_revinclude", "*"}}));
    return {};
  }));
  EXPECT_TRUE(by_performer());
  const std::atomic<bool> closing{false};
  while (reindex_some(*database_, closing)) {
  }
  EXPECT_TRUE(database_->read([](database::Connection& reader) { return index_state(reader).complete(); }));
  expect_index_is_exact();
}

}  // namespace
}  // namespace yilian::records
