#include <array>
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

// HL7 writes the two in no group: each has its own, and what the first lacks is not looked for in the second.
TEST(Tree, TwoPatientsSideBySide) {
  const auto swapped = arrange("ADT^A17", "EVN PID PV1 PID PD1 PV1 PV2 DB1 OBX OBX");
  EXPECT_EQ(swapped.drawing, "(MSH EVN PATIENT(PID PV1)PATIENT(PID PD1 PV1 PV2 DB1 OBSERVATION(OBX)OBSERVATION(OBX)))");
  EXPECT_EQ(swapped.notices, 0u);
  EXPECT_EQ(arrange("ADT^A17", "EVN PID PV1 PID PV2 OBX").drawing, "(MSH EVN PATIENT(PID PV1)PATIENT(PID PV2 OBSERVATION(OBX)))");
  EXPECT_EQ(arrange("ADT^A17", "EVN PID PV2 PV1 OBX PV2 PID").drawing, "(MSH EVN PATIENT(PID PV2 PV1 OBSERVATION(OBX)PV2)PATIENT(PID))");
  for (const char* link : {"ADT^A24", "ADT^A37"}) EXPECT_EQ(arrange(link, "EVN PID PV1 DB1 PID PD1 DB1").drawing, "(MSH EVN PATIENT(PID PV1 DB1)PATIENT(PID PD1 DB1))");
}

// The route and the components of what was ordered are not those of what was encoded or dispensed, with and without a note before them.
TEST(Tree, WhatWasOrderedStaysBeforeWhatWasDispensed) {
  const auto plain = arrange("RDS^O13", "PID ORC RXO RXR RXC NTE RXE TQ1 RXR RXD RXR ORC RXD RXR");
  EXPECT_EQ(plain.drawing,
            "(MSH PATIENT(PID)ORDER(ORC ORDER_DETAIL(RXO ORDER_DETAIL_SUPPLEMENT(RXR COMPONENT(RXC NTE)))ENCODING(RXE TIMING_ENCODED(TQ1)RXR)RXD RXR)ORDER(ORC RXD RXR))");
  EXPECT_EQ(plain.notices, 0u);
  const auto noted = arrange("RDS^O13", "PID ORC RXO NTE NTE RXR RXD NTE RXR");
  EXPECT_EQ(noted.drawing, "(MSH PATIENT(PID)ORDER(ORC ORDER_DETAIL(RXO ORDER_DETAIL_SUPPLEMENT(NTE NTE RXR))RXD NTE RXR))");
  EXPECT_EQ(noted.notices, 0u);
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
  EXPECT_EQ(arrange("ADT^A17", "EVN PID PV1 PID PV1").drawing, "(MSH EVN PATIENT(PID PV1)PATIENT(PID PV1))");
}

TEST(Tree, LargeAndHostileMessagesTakeLinearTime) {
  std::string segments;
  for (int i = 0; i < 60'000; ++i) segments += i % 3 == 0 ? "OBX " : i % 3 == 1 ? "PID " : "ZZZ ";
  const auto begin = std::chrono::steady_clock::now();
  arrange("ORU^R01", segments);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

// A second order is an order, not a prior result: those begin with their patient.
TEST(Tree, SeveralOrdersAreNoPriorResults) {
  EXPECT_EQ(arrange("OML^O21", "PID ORC OBR OBX ORC OBR OBX").drawing,
            "(MSH PATIENT(PID)ORDER(ORC OBSERVATION_REQUEST(OBR OBSERVATION(OBX)))ORDER(ORC OBSERVATION_REQUEST(OBR OBSERVATION(OBX))))");
  EXPECT_EQ(arrange("OML^O21", "PID ORC OBR SPM ORC OBR SPM").drawing,
            "(MSH PATIENT(PID)ORDER(ORC OBSERVATION_REQUEST(OBR SPECIMEN(SPM)))ORDER(ORC OBSERVATION_REQUEST(OBR SPECIMEN(SPM))))");
  EXPECT_EQ(arrange("OML^O21", "PID OBR OBR").drawing, "(MSH PATIENT(PID)ORDER(OBSERVATION_REQUEST(OBR))ORDER(OBSERVATION_REQUEST(OBR)))");
  EXPECT_EQ(arrange("OMG^O19", "PID ORC OBR ORC OBR").drawing, "(MSH PATIENT(PID)ORDER(ORC OBR)ORDER(ORC OBR))");
  EXPECT_EQ(arrange("OML^O21", "PID ORC OBR PID PV1 ORC OBR OBX").drawing,
            "(MSH PATIENT(PID)ORDER(ORC OBSERVATION_REQUEST(OBR PRIOR_RESULT(PATIENT_PRIOR(PID)RESULT_VISIT_PRIOR(PV1)ORDER_PRIOR(ORC OBR OBSERVATION_PRIOR(OBX))))))");
}

TEST(Tree, ResultsWithoutTheirOrder) {
  EXPECT_EQ(arrange("ORU^R01", "PID OBX OBX").drawing, "(MSH PATIENT_RESULT(PATIENT(PID)ORDER_OBSERVATION(OBSERVATION(OBX)OBSERVATION(OBX))))");
  EXPECT_EQ(arrange("ORU^R01", "PID PV1 OBX OBR OBX").drawing,
            "(MSH PATIENT_RESULT(PATIENT(PID VISIT(PV1))ORDER_OBSERVATION(OBSERVATION(OBX))ORDER_OBSERVATION(OBR OBSERVATION(OBX))))");
  EXPECT_EQ(arrange("ORU^R01", "PID OBX OBR OBX").drawing,
            "(MSH PATIENT_RESULT(PATIENT(PID PATIENT_OBSERVATION(OBX))ORDER_OBSERVATION(OBR OBSERVATION(OBX))))");
  EXPECT_EQ(arrange("ORU^R01", "OBR OBX").drawing, "(MSH PATIENT_RESULT(ORDER_OBSERVATION(OBR OBSERVATION(OBX))))");
}

// A visit that comes late must not take the results after it away from their patient.
TEST(Tree, ALateVisitStartsNoOtherPatient) {
  const auto a = arrange("ORU^R01", "PID ORC OBR OBX PV1 OBX");
  EXPECT_EQ(a.drawing, "(MSH PATIENT_RESULT(PATIENT(PID)ORDER_OBSERVATION(COMMON_ORDER(ORC)OBR OBSERVATION(OBX PV1)OBSERVATION(OBX))))");
  EXPECT_EQ(a.notices, 1u);
  EXPECT_EQ(arrange("OML^O21", "PID ORC PV1 OBR").drawing, "(MSH PATIENT(PID)ORDER(ORC PV1 OBSERVATION_REQUEST(OBR)))");
}

TEST(Tree, NotesBelongToWhatPrecedesThem) {
  EXPECT_EQ(arrange("ORU^R01", "PID NTE PV1 NTE ORC NTE OBR NTE OBX NTE SPM NTE").drawing,
            "(MSH PATIENT_RESULT(PATIENT(PID NTE VISIT(PV1 NTE))ORDER_OBSERVATION(COMMON_ORDER(ORC NTE)OBR NTE OBSERVATION(OBX NTE)SPECIMEN(SPM NTE))))");
  const auto order = arrange("ORM^O01", "PID ORC OBR NTE OBX NTE");
  EXPECT_EQ(order.drawing, "(MSH PATIENT(PID)ORDER(ORC ORDER_DETAIL(CHOICE(OBR)NTE OBSERVATION(OBX NTE))))");
  EXPECT_EQ(order.notices, 0u);
}

TEST(Tree, ParticipantsStandWithWhatTheyTookPartIn) {
  EXPECT_EQ(arrange("ORU^R01", "PID PRT ORC PRT OBR PRT OBX PRT").drawing,
            "(MSH PATIENT_RESULT(PATIENT(PID PRT)ORDER_OBSERVATION(COMMON_ORDER(ORC PRT)OBR PRT OBSERVATION(OBX PRT))))");
}

TEST(Tree, AppointmentsAndVaccinations) {
  EXPECT_EQ(arrange("SIU^S12", "SCH PID PV1 RGS AIS AIP AIL RGS AIS").drawing,
            "(MSH SCH PATIENT(PID PV1)RESOURCES(RGS SERVICE(AIS)PERSONNEL_RESOURCE(AIP)LOCATION_RESOURCE(AIL))RESOURCES(RGS SERVICE(AIS)))");
  EXPECT_EQ(arrange("VXU^V04", "PID ORC RXA OBX ORC RXA RXR OBX").drawing,
            "(MSH PID ORDER(ORC RXA OBSERVATION(OBX))ORDER(ORC RXA RXR OBSERVATION(OBX)))");
}

TEST(Tree, InsurancesKeepTheirParts) {
  EXPECT_EQ(arrange("ADT^A01", "EVN PID PV1 IN1 IN2 AL1 IN1 IN2").drawing, "(MSH EVN PID PV1 INSURANCE(IN1 IN2)AL1 INSURANCE(IN1 IN2))");
}

TEST(Tree, WhatIsMissingIsTold) {
  EXPECT_EQ(arrange("ADT^A01", "PV1").notices, 1u);  // without EVN (the first that is missing is named)
  EXPECT_EQ(arrange("ORU^R01", "PID ORC OBX").notices, 1u);
  EXPECT_EQ(arrange("ORU^R01", "PID OBR OBX").notices, 0u);
}

TEST(Tree, AStructureOfOnesOwnWorksToo) {
  const Particle own{"OWN", true, true, false, {{"MSH", false, true, false, {}}, {"G", true, false, true, {{"ZZA", false, true, false, {}}, {"NTE", false, false, true, {}}}}}};
  const auto message = Message::parse("MSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.5\rNTE|1\r");
  ASSERT_TRUE(message);
  const Tree tree = Tree::arrange(*message, own);
  EXPECT_EQ(tree.group_of(1), 0u);
}

TEST(Tree, GroupsEncloseTheirSegments) {
  std::string text = "MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|P|2.5\r";
  for (int i = 0; i < 400; ++i) text.append(std::array{"OBX", "PID", "NTE", "SPM", "ORC", "PV1", "OBR", "ZZZ", "TQ1"}[static_cast<std::size_t>(i * i + i / 7) % 9]).append("|1\r");
  const auto message = Message::parse(text);
  ASSERT_TRUE(message);
  const Tree tree = Tree::arrange(*message, *structure("ORU_R01"));
  for (const auto& node : tree.nodes()) {
    const auto& parent = tree.nodes()[node.parent];
    EXPECT_LE(parent.first_segment, node.first_segment);
    EXPECT_LE(node.last_segment, parent.last_segment);
    for (const auto segment : node.segments) EXPECT_TRUE(segment >= node.first_segment && segment < node.last_segment);
  }
  EXPECT_LE(tree.notices().size(), 51u);
}

}  // namespace
}  // namespace yilian::hl7v2
