#include "engine/routing/field_path.h"

#include <gtest/gtest.h>

namespace yilian::routing {
namespace {

using Values = std::vector<std::string_view>;

TEST(FieldPath, FindsWhatStandsThere) {
  const auto message = *hl7v2::Message::parse("MSH|^~\\&|HIS|A|||||ORU^R01|1|P|2.5\rPID|1||P1^^^LAB&1&ISO^MR~P2^^^X||张^三\rOBX|1|NM|K||5\rOBX|2|NM|NA||139\rOBX|3\r");
  const auto values = [&](std::string_view path) { return FieldPath::read(path)->values(message); };
  EXPECT_EQ(values("MSH-3"), (Values{"HIS"}));
  EXPECT_EQ(values("MSH-2"), (Values{"^~\\&"}));
  EXPECT_EQ(values("PID-5"), (Values{"张^三"}));
  EXPECT_EQ(values("PID-3"), (Values{"P1^^^LAB&1&ISO^MR~P2^^^X"}));
  EXPECT_EQ(values("PID-3.1"), (Values{"P1", "P2"}));
  EXPECT_EQ(values("PID-3(2)"), (Values{"P2^^^X"}));
  EXPECT_EQ(values("PID-3(2).1"), (Values{"P2"}));
  EXPECT_EQ(values("PID-3.4.2"), (Values{"1"}));
  EXPECT_EQ(values("OBX-5"), (Values{"5", "139"}));
  EXPECT_EQ(values("OBX[2]-5"), (Values{"139"}));
  EXPECT_EQ(values("OBX[3]-5"), Values{});
  EXPECT_EQ(values("ZZZ-1"), Values{});
}

TEST(FieldPath, NothingElseIsOne) {
  for (const auto* text : {"", "PID", "PID-", "PID-0", "PI-1", "pid-1", "PID5", "PID-5.", "PID-5.0", "PID-5.1.1.1", "PID[0]-5", "PID[1-5", "PID-5(1", "PID-5 ", "PID-99999", "PID-x"}) EXPECT_FALSE(FieldPath::read(text)) << text;
}

}  // namespace
}  // namespace yilian::routing
