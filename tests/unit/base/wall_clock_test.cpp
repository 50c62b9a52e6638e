#include "engine/base/wall_clock.h"

namespace yilian {
namespace {

TEST(WallClock, IsTheHospitalsOwn) {
  const Instant at = *parse_instant("2026-11-24T16:30:05.9Z");
  EXPECT_EQ(wall_clock(at, Zone::shanghai()), "2026-11-25 00:30:05");
  EXPECT_EQ(wall_clock(at, *Zone::find("UTC")), "2026-11-24 16:30:05");
  EXPECT_EQ(wall_clock(-1, *Zone::find("UTC")), "1969-12-31 23:59:59");
  const auto berlin = Zone::find("Europe/Berlin");
  if (!berlin) GTEST_SKIP() << "this machine has no time zone database";
  EXPECT_EQ(wall_clock(*parse_instant("2024-03-31T00:59:59Z"), *berlin), "2024-03-31 01:59:59");
  EXPECT_EQ(wall_clock(*parse_instant("2024-03-31T01:00:00Z"), *berlin), "2024-03-31 03:00:00");
  EXPECT_EQ(wall_clock(*parse_instant("2024-07-01T12:00:00Z"), *berlin), "2024-07-01 14:00:00");
}

TEST(WallClock, SpansAreShort) {
  EXPECT_EQ(span_text(300), "0.3 ms");
  EXPECT_EQ(span_text(850'000), "850 ms");
  EXPECT_EQ(span_text(59'999'999), "59 s");
  EXPECT_EQ(span_text(185'000'000), "3 min 5 s");
  EXPECT_EQ(span_text(7'200'000'000), "2 h");
  EXPECT_EQ(span_text(4 * 86'400'000'000 + 3 * 3'600'000'000), "4 d 3 h");
  EXPECT_EQ(span_text(-5), "0.0 ms");
}

TEST(WallClock, MomentsAsPeopleWriteThem) {
  const Instant present = *parse_instant("2026-11-24T16:30:05Z");
  const auto text = [&](std::string_view written) {
    const auto moment = moment_from(written, Zone::shanghai(), present);
    return moment ? fhir_instant(*moment) : "";
  };
  EXPECT_EQ(text("2026-11-24"), "2026-11-23T16:00:00.000Z");
  EXPECT_EQ(text("2026-11-24 08:30"), "2026-11-24T00:30:00.000Z");
  EXPECT_EQ(text("2026-11-24T08:30:07"), "2026-11-24T00:30:07.000Z");
  EXPECT_EQ(text("2026-11-24T08:30:07Z"), "2026-11-24T08:30:07.000Z");
  EXPECT_EQ(text("now"), "2026-11-24T16:30:05.000Z");
  EXPECT_EQ(text("today"), "2026-11-24T16:00:00.000Z");
  EXPECT_EQ(text("90s"), "2026-11-24T16:28:35.000Z");
  EXPECT_EQ(text("2h"), "2026-11-24T14:30:05.000Z");
  EXPECT_EQ(text("3d"), "2026-11-21T16:30:05.000Z");
  for (const auto* wrong : {"", "2026-13-01", "2026-11-31", "2026-11-24 24:00", "2026-11-24 08:30x", "2026-11-24x08:30", "h", "-2h", "2w", "2 h", "20261124"}) EXPECT_EQ(text(wrong), "") << wrong;
}

}  // namespace
}  // namespace yilian
