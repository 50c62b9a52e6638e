#include <atomic>
#include <thread>

#include "tests/unit/records/index_check.h"

namespace yilian::records {
namespace {

class Concurrency : public StoreFixture {};

TEST_F(Concurrency, WritersPrepareAndReadersSearchBesideEachOther) {
  constexpr int kThreads = 4, kRounds = 40;
  std::atomic<bool> stop = false;
  std::atomic<int> searches = 0;
  std::thread reader([&] {
    while (!stop) {
      auto page =
          search("Observation", {{"subject", "Patient/1"}, {"_sort", "-date"}, {"_include", "Observation:subject"}});
      ASSERT_TRUE(page) << page.error().line();
      // One snapshot: what is found is there, and the total is that of the page.
      const auto matches =
          std::count_if(page->entries.begin(), page->entries.end(), [](const Match& match) { return !match.included; });
      ASSERT_EQ(std::min<std::int64_t>(*page->total, 50), matches);
      ++searches;
    }
  });
  std::vector<std::thread> writers;
  for (int t = 0; t < kThreads; ++t) {
    writers.emplace_back([&, t] {
      for (int i = 0; i < kRounds; ++i) {
        const std::string name = std::to_string(t) + "-" + std::to_string(i);
        const auto patient =
            ready(R"({"resourceType":"Patient","id":"1","identifier":[{"value":")" + std::to_string(t) + R"("}]})");
        const auto observation = ready(
            R"({"resourceType":"Observation","id":")" + name +
            R"(","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/1"},"effectiveDateTime":"2026-01-01"})");
        ASSERT_TRUE(database_->write([&](database::Connection& writer) -> Result<void> {
          YL_CHECK(records::contribute(writer, {patient, {}, 1000 + i, 2, 1}, 1'000'000 + i));
          YL_CHECK(records::contribute(writer, {observation, {}, 1000 + i, 2, 1}, 1'000'000 + i));
          return {};
        }));
      }
    });
  }
  for (auto& writer : writers) writer.join();
  stop = true;
  reader.join();
  EXPECT_GT(searches.load(), 0);
  EXPECT_EQ(search("Observation", {{"subject", "Patient/1"}})->total, kThreads * kRounds);
  for (int t = 0; t < kThreads; ++t) EXPECT_EQ(found("Patient", "identifier", std::to_string(t)).size(), 1U);
  expect_index_is_exact();
}

}  // namespace
}  // namespace yilian::records
