// Hostile messages cost time in proportion to their size, and have bounds.

#include <chrono>

#include "tests/unit/mapping/fixture.h"

namespace yilian::mapping::test {
namespace {

std::string repeat(const std::string& text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

double seconds_for(const std::string& text, bool wanted = true) {
  auto message = hl7v2::Message::parse(text);
  EXPECT_TRUE(message);
  const auto begin = std::chrono::steady_clock::now();
  const auto mapped = shared_mapping()->run(*message, context());
  EXPECT_EQ(static_cast<bool>(mapped), wanted);
  if (!mapped) {
    EXPECT_EQ(mapped.error().code, Code::too_large);
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

TEST(Limits, ManyResultsOfOneOrder) {
  std::string results;
  for (int i = 0; i < 20'000; ++i)
    results += "OBX|" + std::to_string(i) + "|NM|T" + std::to_string(i) + "^t^L||1||||||F|||||D1^A^B\n";
  EXPECT_LT(seconds_for(oru("PID|1||P1\nOBR|1||F1|A^a^L\n" + results)), 10);
}

TEST(Limits, ManyRepetitions) {
  EXPECT_LT(seconds_for(adt("PID|1||" + repeat("P1^^^A^MR~", 100'000) + "||" + repeat("A^B~", 100'000) + "\n")), 10);
  EXPECT_LT(seconds_for(adt("PID|1||P1|||" + repeat("~", 200'000) + "||||||||" + repeat("1~", 100'000) + "\n")), 10);
}

TEST(Limits, ManyEmptyOrdersWithoutHeads) {
  EXPECT_LT(seconds_for(oru("PID|1||P1\n" + repeat("ORC|RE\nNTE|1||x\n", 60'000) + "OBR|1||F1|A^a^L\n")), 10);
}

TEST(Limits, MoreResourcesThanOneMessageMayMake) {
  std::string results;
  for (int i = 0; i < 60'000; ++i) results += "OBX|1|NM|T" + std::to_string(i) + "^t^L||1||||||F\n";
  EXPECT_LT(seconds_for(oru("PID|1||P1\nOBR|1||F1|A^a^L\n" + results), false), 10);
}

TEST(Limits, NoticesAreBounded) {
  const auto done = run(oru("PID|1||P1\nOBR|1||F1|A^a^L\n" + repeat("OBX|1|NM|T^t^L||x||||||F\n", 3'000)));
  EXPECT_EQ(done.mapped.notices.size(), 501u);
}

TEST(Limits, AnythingAfterTheHeaderIsTaken) {
  for (const char* text : {"PID\n", "PID|\n", "PID|1||^^^^\n", "PID|1||~~~\n", "PID|1||P1^^^&&&&^\\\\\n",
                           "PID|1||\"\"\n", "PID|1||P1|||||\\\n", "OBX\nOBX|\nPID|1||P1\n", "ZZZ|1\nPID|1||P1\n"}) {
    auto message = hl7v2::Message::parse(oru(text));
    ASSERT_TRUE(message);
    const auto mapped = shared_mapping()->run(*message, context());
    if (mapped) expect_no_dangling(*mapped);
  }
}

}  // namespace
}  // namespace yilian::mapping::test
