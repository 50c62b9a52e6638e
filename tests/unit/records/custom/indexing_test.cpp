#include "engine/records/custom/indexing.h"

#include <thread>

#include "tests/unit/records/custom/custom_fixture.h"

namespace yilian::records {
namespace {

class IndexingTest : public CustomFixture {
 protected:
  static std::string person(int i, const std::string& code) {
    return R"({"resourceType":"Patient","id":"p)" + std::to_string(i) + R"(","maritalStatus":{"coding":[{"code":")" +
           code + R"("}]},"name":[{"family":"F)" + std::to_string(i) + R"("}]})";
  }
  void fill(int count) {
    std::vector<PreparedPtr> all;
    for (int i = 0; i < count; ++i) all.push_back(ready(person(i, "M")));
    ASSERT_TRUE(contribute_all(all, now_ += 1000));
  }
  int percent() { return progress().front().percent; }
};

TEST_F(IndexingTest, GoesOnWhereItWasCutOff) {
  fill(350);
  define(parameter("p", "marital", "token", "Patient.maritalStatus"));
  EXPECT_EQ(percent(), 0);
  while (percent() == 0) ASSERT_TRUE(work());
  const int before = percent();
  EXPECT_LT(before, 100);
  database_.reset();
  open();
  EXPECT_EQ(percent(), before);
  const auto refused = search("Patient", {{"marital", "M"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::busy);
  EXPECT_NE(refused.error().what.find(std::to_string(before) + " %"), std::string::npos) << refused.error().what;
  finish();
  database_.reset();
  open();
  const auto found = search("Patient", {{"marital", "M"}});
  ASSERT_TRUE(found) << found.error().line();
  EXPECT_EQ(found->total, 350);
  expect_index_is_exact();
}

TEST_F(IndexingTest, WhatWasBegunLaterDoesNotHoldUpTheOthers) {
  fill(250);
  define(parameter("p", "marital", "token", "Patient.maritalStatus"));
  while (percent() == 0) ASSERT_TRUE(work());
  define(parameter("q", "called", "string", "Patient.name.family"));
  finish();
  EXPECT_EQ(search("Patient", {{"marital", "M"}, {"called", "f7"}})->total, 11);
  expect_index_is_exact();
}

// While others write there is always something to be kept.
TEST_F(IndexingTest, TakesTurnsWithTheIndexsUpkeep) {
  fill(250);
  finish();
  for (int i = 0; i < 300; ++i) put(person(0, i % 2 == 0 ? "S" : "M"));
  define(parameter("p", "marital", "token", "Patient.maritalStatus"));
  const std::int64_t waiting = number("SELECT count(*) FROM index_change");
  ASSERT_GE(waiting, 256);
  const std::atomic<bool> closing{false};
  EXPECT_TRUE(schema().upkeep(*database_, false, closing));
  EXPECT_LT(number("SELECT count(*) FROM index_change"), waiting);
  EXPECT_GT(percent(), 0);
}

TEST_F(IndexingTest, StopsWhenTheDatabaseCloses) {
  fill(10);
  define(parameter("p", "marital", "token", "Patient.maritalStatus"));
  EXPECT_FALSE(index_custom_some(*database_, true));
  EXPECT_EQ(percent(), 0);
}

// Writers change, add and remove while rows are added, and while they are removed again: after it all the index is what
// the bodies say.
TEST_F(IndexingTest, NothingIsLostWhileOthersWrite) {
  fill(1200);
  const auto write_some = [this](int from) {
    for (int i = 0; i < 120; ++i) {
      const int at = (from * 37 + i * 7) % 1300;
      const auto done = database_->write([&](database::Connection& writer) -> Result<void> {
        const Instant now = 1'800'000'000'000'000 + from * Instant{1'000'000'000} + i * 1000;
        if (i % 5 == 4) {
          const auto removed = records::remove(writer, Scope::all(), "Patient", "p" + std::to_string(at), {}, now);
          return removed || removed.error().code == Code::not_found ? Result<void>() : Failure(removed.error());
        }
        const auto written = records::put(writer, Scope::all(), ready(person(at, i % 2 == 0 ? "S" : "M")), {}, now);
        return written ? Result<void>() : Failure(written.error());
      });
      EXPECT_TRUE(done) << done.error().line();
    }
  };
  for (const char* status : {"active", "retired", "active"}) {
    define(parameter("p", "marital", "token", "Patient.maritalStatus", R"("Patient")", {}, status));
    std::vector<std::thread> writers;
    for (int from = 1; from <= 4; ++from) writers.emplace_back(write_some, from);
    std::atomic<bool> wrong{false};
    std::thread reader([&] {
      for (int i = 0; i < 200; ++i) {
        const auto page = search("Patient", {{"marital:missing", "true"}, {"_summary", "count"}});
        if (page && page->total != 0) wrong = true;  // each has one
      }
    });
    finish();
    for (std::thread& each : writers) each.join();
    reader.join();
    finish();
    EXPECT_FALSE(wrong) << "answered by half";
    expect_index_is_exact();
  }
  const auto page = search("Patient", {{"marital", "S"}, {"_summary", "count"}});
  ASSERT_TRUE(page);
  const std::int64_t listed = *page->total;
  EXPECT_GT(listed, 0);
  EXPECT_EQ(search("Patient", {{"marital:not", "S"}, {"_summary", "count"}})->total.value() + listed,
            search("Patient", {{"_summary", "count"}})->total.value());
}

}  // namespace
}  // namespace yilian::records
