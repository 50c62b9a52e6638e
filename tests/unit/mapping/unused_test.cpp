// What a traced run tells besides origins: parts of the message that no rule used, and where rules fell back.

#include "engine/mapping/unused.h"

#include <gmock/gmock.h>

#include "tests/unit/mapping/fixture.h"

namespace yilian::mapping::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

struct Explained {
  Done done;
  std::vector<std::string> unused;  // "PID-32 never 'X9'"
  std::string fallbacks;
};

Explained explained(const std::string& text) {
  Context how = context();
  how.trace = true;
  Explained out{run(*shared_mapping(), text, how), {}, {}};
  const auto message = hl7v2::read(text, std::nullopt);
  EXPECT_TRUE(message);
  for (const Unused& part : unused(message->message, out.done.mapped).parts)
    out.unused.push_back(
        part.field + " " + std::string(name(part.why)) + " '" +
        std::string(message->message.text().substr(part.bytes.begin, part.bytes.end - part.bytes.begin)) + "'");
  for (const Fallback& fallback : out.done.mapped.fallbacks)
    out.fallbacks += std::string(name(fallback.kind)) + " " + fallback.where + ": " + fallback.what + " " +
                     fallback.rule + " " + fallback.rule_place + "\n";
  return out;
}

TEST(Unused, PartsThatNoRuleTookAreNamedByFieldAndBytes) {
  const auto found = explained(adt("PID|1||P1^^^A^MR^X||Doe^Jane||19800102|F||||||||||||||||||||||||X9\nZZZ|a^b\n"));
  EXPECT_THAT(found.unused, Contains("PID-32 never 'X9'"));
  EXPECT_THAT(found.unused, Contains("PID-3.6 never 'X'"));
  EXPECT_THAT(found.unused, Contains("PID-1 set_id '1'"));
  EXPECT_THAT(found.unused, Contains("ZZZ-1 never 'a^b'"));
  for (const char* used : {"PID-3.1", "PID-5", "PID-7", "PID-8", "MSH-9", "MSH-10"}) {
    EXPECT_THAT(found.unused, Not(Contains(HasSubstr(std::string(used) + " ")))) << used;
  }
}

TEST(Unused, WhatConditionsOnlyAskedIsToldApart) {
  const auto found = explained(oru("PID|1||P1^^^A^MR\nOBR|1||F1|A^a^L\nOBX|1|NM|W^w^L||6.50|g|1-2||||F\n"));
  EXPECT_THAT(found.unused, Contains("OBX-2 asked 'NM'"));
  EXPECT_THAT(found.unused, Not(Contains(HasSubstr("OBX-5"))));
}

TEST(Unused, ARepetitionThatWasLeftOutIsNamed) {
  const auto found = explained(adt("PID|1||P1^^^A^MR||Doe^Jane||19800102~19900102\n"));
  EXPECT_THAT(found.unused, Contains("PID-7(2) asked '19900102'"));
}

// The second is the resource that the first made.
TEST(Unused, APersonWhoIsNamedAgainIsUsedAgain) {
  const auto found = explained(
      oru("PID|1||P1^^^A^MR\nOBR|1||F1|A^a^L\nOBX|1|NM|W^w^L||6|g|||||F|||||T1^Li^Wei^X\nOBX|2|NM|V^v^L||7|g|||||F|||||T1^Li^Wei^X\n"));
  EXPECT_EQ(std::count(found.unused.begin(), found.unused.end(), "OBX-16.4 never 'X'"), 1);
  EXPECT_THAT(found.unused, Not(Contains(HasSubstr("OBX-16 "))));
}

TEST(Fallbacks, ACodeWithoutAnEntryAndWhatIsWrittenInstead) {
  const auto found = explained(adt("PID|1||P1^^^A^MR||Doe^Jane||1980x|Q\n"));
  EXPECT_THAT(found.fallbacks, HasSubstr("unmapped_code PID-8: 'Q' is not in table AdministrativeSex"));
  EXPECT_THAT(found.fallbacks, HasSubstr("segments/PID[Patient].yaml:"));
  EXPECT_THAT(found.fallbacks, HasSubstr("bad_value PID-7: '1980x' is no date PID[Patient]#10"));
}

TEST(Fallbacks, DefaultsNameTheirElementAndResource) {
  const auto found = explained(oru("PID|1||P1^^^A^MR\nOBR|1||F1|A^a^L\n"));
  EXPECT_THAT(found.fallbacks, HasSubstr("default_value : status = '"));
  for (const Fallback& fallback : found.done.mapped.fallbacks) {
    if (fallback.kind != Fallback::Kind::default_value) continue;
    ASSERT_GE(fallback.resource, 0);
    EXPECT_LT(static_cast<std::size_t>(fallback.resource), found.done.mapped.resources.size());
  }
}

TEST(Fallbacks, TheTimeOfArrivalIsTold) {
  std::string text = adt("PID|1||P1^^^A^MR\n");
  const auto time = text.find("|||20");
  ASSERT_NE(time, std::string::npos) << text;
  text.erase(time + 3, text.find('|', time + 3) - time - 3);
  EXPECT_THAT(explained(text).fallbacks, HasSubstr("arrival_time MSH-7"));
}

TEST(Fallbacks, AnUntracedRunKeepsNothing) {
  const auto done = run(adt("PID|1||P1^^^A^MR||Doe^Jane||1980x|Q\n"));
  EXPECT_TRUE(done.mapped.fallbacks.empty());
  EXPECT_TRUE(done.mapped.used.empty());
  EXPECT_TRUE(done.mapped.asked.empty());
}

}  // namespace
}  // namespace yilian::mapping::test
