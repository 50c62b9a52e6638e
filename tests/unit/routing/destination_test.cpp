#include "engine/routing/destination.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yilian::routing {
namespace {

using ::testing::HasSubstr;

Destination read(const std::string& settings, std::string& issues) {
  const auto root = *config::read_text("d: {name: lis, mllp: {connect: \"127.0.0.1:2600\"}" + settings + "}\n", "h.yaml");
  std::vector<Issue> found;
  Destination out = read_destination(root["d"], "a", Zone::shanghai(), found);
  for (const Issue& each : found) issues += each.line() + "\n";
  return out;
}

TEST(Destination, IsRead) {
  std::string issues;
  const Destination it = read(", connections: 2, order: feed, retry: {first: 2s, most: 10s, attempts: 3}, rate: 120/m, hours: \"22:00-06:30\"", issues);
  EXPECT_EQ(issues, "");
  EXPECT_EQ(it.full_name, "a/lis");
  EXPECT_EQ(it.connections, 2);
  EXPECT_EQ(it.order, Order::feed);
  EXPECT_DOUBLE_EQ(it.rate, 2);
  EXPECT_TRUE(it.form.as_it_came());
}

TEST(Destination, FaultsAreTold) {
  for (const auto& [settings, told] : {std::pair(", connections: 0", "from 1 to 256"),
                                       {", order: random", "'random' is no order"},
                                       {", retry: {first: 1h, most: 1s}", "pauses"},
                                       {", rate: fast", "is no rate"},
                                       {", hours: \"8-20\"", "are no hours"},
                                       {", hours: \"08:00-25:00\"", "are no hours"},
                                       {", send: fax", "is no form"},
                                       {", send: hl7v2", "needs `outbound`"},
                                       {", set: {MSH-1: x}", "no field that can be set"},
                                       {", drop: [MSH]", "can be left out"},
                                       {", charset: klingon", "klingon"},
                                       {", send: bundle, charset: UTF-8", "as it came"},
                                       {", file: {folder: /tmp}", "one adapter"},
                                       {", retrry: {}", "did you mean"}}) {
    std::string issues;
    read(settings, issues);
    EXPECT_THAT(issues, HasSubstr(told)) << settings;
    EXPECT_THAT(issues, HasSubstr("h.yaml:1"));
  }
}

TEST(Retry, PausesGrowToTheirBound) {
  const Retry retry{1'000'000, 10'000'000, 9};
  std::vector<Instant> seconds;
  for (std::int64_t made = 1; made <= 6; ++made) seconds.push_back(retry.pause(made) / 1'000'000);
  EXPECT_EQ(seconds, (std::vector<Instant>{1, 2, 4, 8, 10, 10}));
}

TEST(Hours, TheNextMomentOfSending) {
  const auto at = [](const char* text) { return *parse_instant(text); };
  const Hours day{7 * 60, 20 * 60, Zone::shanghai()};
  EXPECT_EQ(day.next(at("2026-11-24T07:00:00+08:00")), at("2026-11-24T07:00:00+08:00"));
  EXPECT_EQ(day.next(at("2026-11-24T19:59:59+08:00")), at("2026-11-24T19:59:59+08:00"));
  EXPECT_EQ(day.next(at("2026-11-24T20:00:01+08:00")), at("2026-11-25T07:00:00+08:00"));
  EXPECT_EQ(day.next(at("2026-11-24T06:59:30+08:00")), at("2026-11-24T07:00:00+08:00"));
  const Hours night{22 * 60, 6 * 60, Zone::shanghai()};
  EXPECT_EQ(night.next(at("2026-11-24T03:00:00+08:00")), at("2026-11-24T03:00:00+08:00"));
  EXPECT_EQ(night.next(at("2026-11-24T12:00:00+08:00")), at("2026-11-24T22:00:00+08:00"));
  EXPECT_EQ(Hours().next(5), 5);
}

}  // namespace
}  // namespace yilian::routing
