#include "engine/mapping/condition_logic.h"

#include <gtest/gtest.h>

namespace yilian::mapping {
namespace {

Expression condition(const char* text) {
  auto parsed = parse_condition(text);
  EXPECT_TRUE(parsed) << text;
  return std::move(*parsed);
}

TEST(ConditionLogic, WhatContradictsItselfIsSeen) {
  for (const char* text :
       {"PID-8 and not PID-8", "PID-8 = \"M\" and PID-8 = \"F\"", "PID-8 = \"X\" and PID-8 in (\"M\", \"F\")",
        "PID-8 in (\"M\", \"F\") and PID-8 not in (\"F\", \"M\", \"U\")", "PID-8 = \"M\" and not PID-8",
        "PID-3.1 and not PID-3", "PID-3 and not PID", "upper(PID-8) = \"M\" and not PID-8",
        "PID-8 matches \"^M\" and PID-8 in (\"F\", \"U\")", "PID-8 matches \"^M\" and not (PID-8 matches \"^M\")",
        "count(PID-3) > 2 and count(PID-3) <= 2", "count(PID-3) = 0 and PID-3", "length(PID-7) > 8 and not PID-7",
        "PID-7 < 5 and PID-7 >= 5", "PID-1 = PID-2 and PID-1 != PID-2", "(PID-8 ?? PID-7) and not PID-8 and not PID-7",
        "made(Encounter[1]) and not made(Encounter[1])", "not (PID-8 or not PID-8)", "PID-8 = 1 and PID-8 = 2"}) {
    EXPECT_EQ(ConditionLogic().possible(condition(text)), false) << text;
  }
}

TEST(ConditionLogic, WhatMayHoldIsLeftAlone) {
  for (const char* text : {"PID-8", "not PID-8", "PID-8 = \"M\" or PID-8 = \"F\"", "PID-8 != \"M\" and not PID-8",
                           "PID-3.1 and not PID-3.2", "PID-8 not in (\"M\")", "PID-8 = \"1\" and PID-8 = \"01\"",
                           "PID-8 = \"\" and not PID-8", "count(PID-3) > 1 and not PID-3",
                           "PID-8 matches \"^M\" and PID-8 matches \"x$\"", "PID-8 = \"m\" and PID-8 != \"M\"",
                           "concat(PID-7, PID-8) and not PID-8", "not (PID-8 matches \".\") and not PID-8"}) {
    EXPECT_EQ(ConditionLogic().possible(condition(text)), true) << text;
  }
}

TEST(ConditionLogic, ADatatypesOwnNameIsItsValue) {
  EXPECT_EQ(ConditionLogic("CWE").possible(condition("CWE.4.1 and not CWE")), false);
  EXPECT_EQ(ConditionLogic("CX").possible(condition("CX.4 and not .")), false);
}

TEST(ConditionLogic, OneConditionHoldsWhereverAnotherDoes) {
  ConditionLogic logic;
  EXPECT_TRUE(logic.implies(condition("PID-8 = \"M\" and PID-7"), condition("PID-8 in (\"M\", \"F\")")));
  EXPECT_TRUE(logic.implies(condition("PID-3.1"), condition("PID-3 or PID-4")));
  EXPECT_TRUE(logic.implies(condition("PID-8"), ConditionLogic::always()));
  EXPECT_FALSE(logic.implies(condition("PID-8 in (\"M\", \"F\")"), condition("PID-8 = \"M\"")));
  EXPECT_FALSE(logic.implies(ConditionLogic::always(), condition("PID-8")));
}

TEST(ConditionLogic, WhatIsTooLongToTellIsNotToldOf) {
  std::string text = "PID-1";
  for (int i = 1; i <= 12; ++i) text += " and (PID-" + std::to_string(i) + " or PV1-" + std::to_string(i) + ")";
  EXPECT_EQ(ConditionLogic().possible(condition((text + " and not PID-1").c_str())), std::nullopt);
  EXPECT_TRUE(ConditionLogic().apart(condition(text.c_str()), condition("PID-1")));
}

}  // namespace
}  // namespace yilian::mapping
