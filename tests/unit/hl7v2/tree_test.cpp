#include <chrono>

#include "engine/hl7v2/grammar.h"

namespace yilian::hl7v2 {
namespace {

// "PATIENT_RESULT(PATIENT(PID)ORDER_OBSERVATION(…))": groups with the segments that stand directly in them.
std::string draw(const Tree& tree, const Message& message, std::uint32_t node = 0) {
  std::string out(tree.nodes()[node].name);
  out.push_back('(');
  std::size_t group = 0;
  const auto& here = tree.nodes()[node];
  for (const auto segment : here.segments) {
    while (group < here.groups.size() && tree.nodes()[here.groups[group]].first_segment < segment) out.append(draw(tree, message, here.groups[group++]));
    out.append(message.segment_id(segment)).push_back(' ');
  }
  while (group < here.groups.size()) out.append(draw(tree, message, here.groups[group++]));
  if (out.back() == ' ') out.pop_back();
  return out.append(")");
}

struct Arranged {
  std::string drawing;
  std::size_t notices;
};

Arranged arrange(const std::string& type, const std::string& segments, const std::string& as = "") {
  std::string text = "MSH|^~\\&|A|B|C|D|2026||" + type + "|1|P|2.5.1\r";
  for (std::size_t at = 0; at < segments.size(); at += 4) text.append(segments.substr(at, 3)).append("|1\r");
  const auto message = Message::parse(text);
  EXPECT_TRUE(message);
  const Particle* root = structure(as.empty() ? std::string(message->structure()) : as);
  EXPECT_NE(root, nullptr);
  const Tree tree = Tree::arrange(*message, *root);
  for (std::size_t i = 0; i < message->segment_count(); ++i) {
    const auto& in = tree.nodes()[tree.group_of(static_cast<std::uint32_t>(i))].segments;
    EXPECT_NE(std::find(in.begin(), in.end(), i), in.end());
  }
  return {draw(tree, *message), tree.notices().size()};
}

TEST(Tree, ResultsByTheBook) {
  const auto a = arrange("ORU^R01", "PID PV1 ORC OBR NTE OBX NTE OBX SPM ORC OBR OBX");
  EXPECT_EQ(a.drawing,
            "(MSH PATIENT_RESULT(PATIENT(PID VISIT(PV1))ORDER_OBSERVATION(COMMON_ORDER(ORC)OBR NTE OBSERVATION(OBX NTE)OBSERVATION(OBX)SPECIMEN(SPM))"
            "ORDER_OBSERVATION(COMMON_ORDER(ORC)OBR OBSERVATION(OBX))))");
  EXPECT_EQ(a.notices, 0u);
}

TEST(Tree, SeveralPatientsEachHaveTheirOwnResults) {
  EXPECT_EQ(arrange("ORU^R01", "PID OBR OBX PID OBR OBX").drawing,
            "(MSH PATIENT_RESULT(PATIENT(PID)ORDER_OBSERVATION(OBR OBSERVATION(OBX)))PATIENT_RESULT(PATIENT(PID)ORDER_OBSERVATION(OBR OBSERVATION(OBX))))");
}

TEST(Tree, AResultAfterItsSpecimenIsAResult) {
  const auto a = arrange("ORU^R01", "PID OBR SPM OBX OBX");
  EXPECT_EQ(a.drawing, "(MSH PATIENT_RESULT(PATIENT(PID)ORDER_OBSERVATION(OBR SPECIMEN(SPM)OBSERVATION(OBX)OBSERVATION(OBX))))");
  EXPECT_GE(a.notices, 1u);
  EXPECT_EQ(arrange("ORU^R01", "PID OBR OBX SPM OBX").drawing,
            "(MSH PATIENT_RESULT(PATIENT(PID)ORDER_OBSERVATION(OBR OBSERVATION(OBX)SPECIMEN(SPM SPECIMEN_OBSERVATION(OBX)))))");
}

TEST(Tree, MissingHeads) {
  EXPECT_EQ(arrange("ORU^R01", "PID ORC OBX OBX").drawing, "(MSH PATIENT_RESULT(PATIENT(PID)ORDER_OBSERVATION(COMMON_ORDER(ORC)OBSERVATION(OBX)OBSERVATION(OBX))))");
  EXPECT_EQ(arrange("ORM^O01", "PID OBR OBR").drawing, "(MSH PATIENT(PID)ORDER(ORDER_DETAIL(CHOICE(OBR)))ORDER(ORDER_DETAIL(CHOICE(OBR))))");
}

TEST(Tree, UnknownAndZSegmentsStayInTheOpenGroup) {
  EXPECT_EQ(arrange("ORU^R01", "PID ZPI OBR OBX ZRR QQQ").drawing, "(MSH PATIENT_RESULT(PATIENT(PID ZPI)ORDER_OBSERVATION(OBR OBSERVATION(OBX ZRR QQQ))))");
}

TEST(Tree, OutOfOrder) {
  const auto a = arrange("ADT^A01", "EVN PID PV1 NK1 AL1 PD1 DG1");
  EXPECT_EQ(a.drawing, "(MSH EVN PID PV1 NEXT_OF_KIN(NK1)AL1 PD1 DG1)");
  EXPECT_GE(a.notices, 2u);
}

TEST(Tree, MergesAndSwaps) {
  EXPECT_EQ(arrange("ADT^A40", "EVN PID MRG PID MRG").drawing, "(MSH EVN PATIENT(PID MRG)PATIENT(PID MRG))");
  EXPECT_EQ(arrange("ADT^A17", "EVN PID PV1 PID PV1").drawing, "(MSH EVN PID PV1 PID PV1)");
}

TEST(Tree, LargeAndHostileMessagesTakeLinearTime) {
  std::string segments;
  for (int i = 0; i < 60'000; ++i) segments += i % 3 == 0 ? "OBX " : i % 3 == 1 ? "PID " : "ZZZ ";
  const auto begin = std::chrono::steady_clock::now();
  arrange("ORU^R01", segments);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

}  // namespace
}  // namespace yilian::hl7v2
