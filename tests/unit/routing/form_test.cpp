#include "engine/routing/form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/routing/directory.h"

namespace yilian::routing {
namespace {

using ::testing::ElementsAre;

Form form(const std::string& settings) {
  const auto root = *config::read_text("d: {" + settings + "}\n", "h.yaml");
  std::vector<Issue> issues;
  Form out = Form::read(root["d"], issues);
  EXPECT_TRUE(issues.empty()) << issues.front().line();
  return out;
}

constexpr const char* kMessage = "MSH|^~\\&|LIS|LAB|Y|A|20261124||ORU^R01|7|P|2.5\nPID|1||12||Zhang^San\nZPI|1|x\n";

TEST(Form, AsItCameIsUntouched) {
  const Form it = form("");
  EXPECT_TRUE(it.as_it_came());
  EXPECT_THAT(*it.make("anything at all", {}, 0), ElementsAre("anything at all"));
}

TEST(Form, FieldsAreSetAndSegmentsLeftOut) {
  const Form it = form("set: {MSH-5: CENTER, MSH-6: \"A^B\", MSH-12: \"2.4\", PID-3: \"\", PID-8: M}, drop: [ZPI]");
  EXPECT_FALSE(it.as_it_came());
  EXPECT_THAT(*it.make(kMessage, {}, 0), ElementsAre("MSH|^~\\&|LIS|LAB|CENTER|A^B|20261124||ORU^R01|7|P|2.4\rPID|1||||Zhang^San|||M\r"));
}

TEST(Form, AnotherCharsetIsSaidInTheHeader) {
  const std::string raw = "MSH|^~\\&|LIS|LAB|Y|A|20261124||ORU^R01|7|P|2.5||||||UNICODE UTF-8\rPID|1||12||张^三\r";
  const Form it = form("charset: GB18030");
  const auto made = it.make(raw, {}, 0);
  ASSERT_TRUE(made);
  EXPECT_EQ((*made)[0], "MSH|^~\\&|LIS|LAB|Y|A|20261124||ORU^R01|7|P|2.5||||||GB 18030-2000\rPID|1||12||\xD5\xC5^\xC8\xFD\r");
  const auto impossible = form("charset: ISO-8859-1").make(raw, {}, 0);
  ASSERT_FALSE(impossible);
  EXPECT_EQ(impossible.error().code, Code::bad_encoding);
}

TEST(Form, WhatIsNoMessageCannotBeChanged) {
  EXPECT_FALSE(form("drop: [ZPI]").make("no message", {}, 0));
}

}  // namespace
}  // namespace yilian::routing
