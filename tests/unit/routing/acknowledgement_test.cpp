#include "engine/routing/acknowledgement.h"

#include <set>

namespace yilian::routing {
namespace {

hl7v2::Message message(const std::string& accept, const std::string& application) {
  return *hl7v2::Message::parse("MSH|^~\\&|HIS|H|Y|A|20261124||ORU^R01|7|P|2.5.1|||" + accept + "|" + application + "\r");
}

std::string codes(const std::vector<std::string>& replies) {
  std::string list;
  for (const auto& reply : replies) {
    const auto parsed = hl7v2::Message::parse(reply);
    EXPECT_TRUE(parsed);
    list.append(list.empty() ? "" : " ").append(parsed->field(parsed->find("MSA"), 1));
  }
  return list;
}

const Issue kBadValue{Code::bad_value, Severity::error, "PID-7", "no date", ""};
const Issue kUnsupported{Code::unsupported_event, Severity::error, "MSH-9", "no map", ""};
const Issue kStorage{Code::storage, Severity::error, "", "disk full", ""};

TEST(Acknowledgement, OriginalMode) {
  const auto m = message("", "");
  EXPECT_EQ(codes(answers(&m, {})), "AA");
  EXPECT_EQ(codes(answers(&m, {true, &kBadValue})), "AE");
  EXPECT_EQ(codes(answers(&m, {true, &kUnsupported})), "AR");
  EXPECT_EQ(codes(answers(&m, {false, &kStorage})), "AE");
  EXPECT_EQ(codes(answers(nullptr, {true, &kBadValue})), "AE");
}

TEST(Acknowledgement, EnhancedModeByMsh15And16) {
  struct Case {
    const char *accept, *application, *good, *faulty, *rejected, *unkept;
  };
  for (const Case& c : {Case{"AL", "AL", "CA AA", "CA AE", "CR", "CE"}, Case{"AL", "NE", "CA", "CA", "CR", "CE"}, Case{"NE", "AL", "AA", "AE", "", ""},
                        Case{"NE", "NE", "", "", "", ""}, Case{"ER", "ER", "", "AE", "CR", "CE"}, Case{"SU", "SU", "CA AA", "CA", "", ""}, Case{"AL", "", "CA", "CA", "CR", "CE"}}) {
    const auto m = message(c.accept, c.application);
    EXPECT_EQ(codes(answers(&m, {})), c.good) << c.accept << c.application;
    EXPECT_EQ(codes(answers(&m, {true, &kBadValue})), c.faulty) << c.accept << c.application;
    EXPECT_EQ(codes(answers(&m, {true, &kUnsupported})), c.rejected) << c.accept << c.application;
    EXPECT_EQ(codes(answers(&m, {false, &kStorage})), c.unkept) << c.accept << c.application;
  }
}

TEST(Acknowledgement, ControlIdsAreShortAndNeverTheSame) {
  std::set<std::string> ids;
  for (int i = 0; i < 10'000; ++i) {
    const auto id = new_control_id();
    EXPECT_LE(id.size(), 20u);
    EXPECT_TRUE(ids.insert(id).second);
  }
}

}  // namespace
}  // namespace yilian::routing
