#include "engine/fhirpath/temporal.h"

namespace yilian::fhirpath {
namespace {

Temporal moment(std::string_view text) {
  const auto read = Temporal::parse_date_time(text);
  EXPECT_TRUE(read) << text;
  return read.value_or(Temporal());
}
Order order(std::string_view a, std::string_view b) { return compare(moment(a), moment(b)); }
std::string moved(std::string_view text, std::string_view amount, DurationUnit unit) {
  const auto made = add(moment(text), *Decimal::parse(amount), unit);
  return made ? made->text() : "nothing";
}

TEST(Temporal, IsReadAndWrittenWithItsPrecision) {
  for (const std::string_view text :
       {"2015", "2015-02", "2016-02-29", "2015-02-04T14", "2015-02-04T14:34", "2015-02-04T14:34:28",
        "2015-02-04T14:34:28.12", "2015-02-04T14:34:28.123Z", "2015-02-04T14:34:28-05:30", "0001-01-01"}) {
    EXPECT_EQ(moment(text).text(), text);
  }
}

TEST(Temporal, RefusesWhatThereIsNot) {
  for (const std::string_view text :
       {"", "15", "2015-13", "2015-02-29", "2015-2-1", "2015-02-04T24:00", "2015-02T10:00", "2015-02-04T10:60",
        "2015-02-04T10:00+15:00", "2015-02-04T10:00:00.", "0000", "2015-"}) {
    EXPECT_FALSE(Temporal::parse_date_time(text)) << text;
  }
  EXPECT_FALSE(Temporal::parse_date("2015-02-04T10:00"));
  EXPECT_FALSE(Temporal::parse_time("10:00Z"));
}

TEST(Temporal, IsComparedAsFarAsItIsKnown) {
  EXPECT_EQ(order("2012", "2013-05"), Order::less);
  EXPECT_EQ(order("2012", "2012-05"), Order::unknown);
  EXPECT_EQ(order("2012-01-01T10:00:00", "2012-01-01T10:00:00.000"), Order::equal);
  EXPECT_EQ(order("2012-01-01T10:00:00", "2012-01-01T10:00:00.001"), Order::less);
  EXPECT_EQ(order("2012-01-01T23:30:00-01:00", "2012-01-02T00:30:00Z"), Order::equal);
}

TEST(Temporal, WithoutAZoneIsAnywhere) {
  EXPECT_EQ(order("2012-04-15T15:00:00Z", "2012-04-15T10:00:00"), Order::unknown);
  EXPECT_EQ(order("2012-04-15T15:00:00Z", "2012-04-17T10:00:00"), Order::less);
  EXPECT_EQ(order("2012-04-15", "2012-04-13T23:59:00Z"), Order::greater);
  EXPECT_EQ(order("2012-04-15", "2012-04-14T23:00:00Z"), Order::unknown);
}

TEST(Temporal, MovesOnTheCalendar) {
  EXPECT_EQ(moved("2024-01-31", "1", DurationUnit::month), "2024-02-29");
  EXPECT_EQ(moved("2024-02-29", "1", DurationUnit::year), "2025-02-28");
  EXPECT_EQ(moved("2024-02-28", "2", DurationUnit::day), "2024-03-01");
  EXPECT_EQ(moved("2024-03-01", "-1.9", DurationUnit::day), "2024-02-29");
  EXPECT_EQ(moved("2024", "25", DurationUnit::month), "2026");
  EXPECT_EQ(moved("2024-03", "59", DurationUnit::day), "2024-04");
  EXPECT_EQ(moved("2024-01-01T23:59:59.500", "0.5", DurationUnit::second), "2024-01-02T00:00:00.000");
  EXPECT_EQ(moved("2024-01-01", "25", DurationUnit::hour), "2024-01-02");
  EXPECT_EQ(moved("9999-12-31", "1", DurationUnit::day), "nothing");
  EXPECT_EQ(moved("0001-01-01", "-1", DurationUnit::month), "nothing");
  EXPECT_EQ(moved("2024-01-01", "99999999999999999999999", DurationUnit::week), "nothing");
}

TEST(Temporal, OfADayGoesRound) {
  const auto late = add(*Temporal::parse_time("23:30"), Decimal(2), DurationUnit::hour);
  ASSERT_TRUE(late);
  EXPECT_EQ(late->text(), "01:30");
  EXPECT_FALSE(add(*Temporal::parse_time("23:30"), Decimal(1), DurationUnit::month));
}

TEST(Temporal, HasBoundaries) {
  const auto low = [](std::string_view text, std::optional<int> digits) {
    const auto made = low_boundary(moment(text), digits);
    return made ? made->text() : "nothing";
  };
  const auto high = [](std::string_view text, std::optional<int> digits) {
    const auto made = high_boundary(moment(text), digits);
    return made ? made->text() : "nothing";
  };
  EXPECT_EQ(low("2024-02", {}), "2024-02-01T00:00:00.000+14:00");
  EXPECT_EQ(high("2024-02", {}), "2024-02-29T23:59:59.999-12:00");
  EXPECT_EQ(high("2024-02-01T08:05:00Z", 12), "2024-02-01T08:05Z");
  EXPECT_EQ(high("2024", 6), "2024-12");
  EXPECT_EQ(high("2024", 5), "nothing");
}

}  // namespace
}  // namespace yilian::fhirpath
