#include "engine/hl7v2/message.h"

namespace yilian::hl7v2 {
namespace {

const std::string kHead = "MSH|^~\\&|LIS|LAB|YILIAN|ALL|20261124083000||ORU^R01^ORU_R01|42|P|2.5.1\r";

Message parse(std::string text) {
  auto message = Message::parse(std::move(text));
  EXPECT_TRUE(message) << (message ? "" : message.error().line());
  return message ? std::move(*message) : *Message::parse(kHead);
}

TEST(Message, FieldsByTheirNumbersInTheStandard) {
  const auto m = parse(kHead + "PID|1||P1^^^LAB^MR~R2^^^GOV^NI||Zhang^San\r");
  EXPECT_EQ(m.segment_count(), 2u);
  EXPECT_EQ(m.field(0, 1), "|");
  EXPECT_EQ(m.field(0, 2), "^~\\&");
  EXPECT_EQ(m.field(0, 3), "LIS");
  EXPECT_EQ(m.field(0, 12), "2.5.1");
  EXPECT_EQ(m.field(0, 13), "");
  EXPECT_EQ(m.type(), "ORU");
  EXPECT_EQ(m.event(), "R01");
  EXPECT_EQ(m.structure(), "ORU_R01");
  EXPECT_EQ(m.control_id(), "42");
  EXPECT_EQ(m.version(), "2.5.1");
  const auto ids = m.field(1, 3);
  EXPECT_EQ(repetition_count(ids, m.delimiters()), 2u);
  EXPECT_EQ(component(repetition(ids, 2, m.delimiters()), 4, m.delimiters()), "GOV");
  EXPECT_EQ(component(repetition(ids, 2, m.delimiters()), 9, m.delimiters()), "");
  EXPECT_EQ(repetition(ids, 3, m.delimiters()), "");
  EXPECT_EQ(m.field(1, 99), "");
  EXPECT_EQ(m.text().substr(m.offset(ids), 2), "P1");
}

TEST(Message, AnySegmentEndIsTaken) {
  for (const std::string end : {"\r", "\n", "\r\n"}) {
    std::string text = kHead;
    text.pop_back();
    const auto m = parse(text + end + "PID|1||P1" + end + "PV1|1|I" + end);
    ASSERT_EQ(m.segment_count(), 3u);
    EXPECT_EQ(m.field(1, 3), "P1");
    EXPECT_EQ(m.field(2, 2), "I");
    EXPECT_TRUE(m.notices().empty());
  }
  const auto mixed = parse(kHead + "PID|1||P1\n\nPV1|1|I\r\nOBR|1");
  EXPECT_EQ(mixed.segment_count(), 4u);
}

TEST(Message, ALineThatBeginsNoSegmentContinuesTheFieldBeforeIt) {
  const auto m = parse(kHead + "OBX|1|TX|C||first line\nsecond | line\rOBX|2|TX|C||x\r");
  ASSERT_EQ(m.segment_count(), 3u);
  EXPECT_EQ(m.field(1, 5), "first line\nsecond ");
  EXPECT_EQ(m.field(1, 6), " line");
  EXPECT_EQ(m.field(2, 5), "x");
  EXPECT_FALSE(m.notices().empty());
}

TEST(Message, AfterALineFeedInACrMessageOnlyAKnownSegmentBegins) {
  const auto m = parse(kHead + "OBX|1|TX|C||see\nABC|not a segment\nZPI|1\r");
  ASSERT_EQ(m.segment_count(), 3u);
  EXPECT_EQ(m.segment_id(2), "ZPI");
}

TEST(Message, OwnDelimiters) {
  const auto m = parse("MSH$%#@!$A$B$C$D$2026$$ADT%A01$7$P$2.3\rPID$1$$P1%%%H!X");
  EXPECT_EQ(m.delimiters().field, '$');
  EXPECT_EQ(m.delimiters().repetition, '#');
  EXPECT_EQ(m.event(), "A01");
  EXPECT_EQ(subcomponent(component(m.field(1, 3), 4, m.delimiters()), 2, m.delimiters()), "X");
  EXPECT_EQ(parse("MSH|^~\\&#|A|B|C|D|2026||ADT^A01|7|P|2.7").delimiters().truncation, '#');
  const auto shorter = parse("MSH|^|A|B|C|D|2026||ADT^A01|7|P|2.1");
  EXPECT_EQ(shorter.delimiters().repetition, '~');
  EXPECT_FALSE(shorter.notices().empty());
}

TEST(Message, OddBeginningsAreForgiven) {
  EXPECT_EQ(parse("\xEF\xBB\xBF" + kHead).type(), "ORU");
  EXPECT_EQ(parse("\r\n  \x0B" + kHead).type(), "ORU");
  const auto lower = parse("msh|^~\\&|A|B|C|D|2026||ADT^A01|7|P|2.3\rpid|1||P1\r");
  EXPECT_EQ(lower.segment_id(1), "PID");
}

TEST(Message, SegmentsGluedWithoutSeparatorsAreToldApart) {
  const auto m = parse("MSH|^~\\&|HIS|H|Y|A|2026||ADT^A01|7|P|2.4||||||CHN|PID|1||P1|PV1|1|I");
  ASSERT_EQ(m.segment_count(), 3u);
  EXPECT_EQ(m.field(1, 3), "P1");
  EXPECT_EQ(m.field(2, 2), "I");
  // A field that happens to hold an id is left alone where segments have ends.
  const auto plain = parse(kHead + "NTE|1||PID|x\r");
  EXPECT_EQ(plain.segment_count(), 2u);
}

TEST(Message, TheStructureFollowsTheEvent) {
  EXPECT_EQ(parse("MSH|^~\\&|A|B|C|D|2026||ADT^A04|7|P|2.3").structure(), "ADT_A01");
  const auto wrong = parse("MSH|^~\\&|A|B|C|D|2026||ORU^R01^ADT_A01|7|P|2.5");
  EXPECT_EQ(wrong.structure(), "ORU_R01");
  EXPECT_EQ(wrong.notices().size(), 1u);
  const auto event = parse("MSH|^~\\&|A|B|C|D|2026||ADT|7|P|2.2\rEVN|A08|2026");
  EXPECT_EQ(event.event(), "A08");
  EXPECT_EQ(event.structure(), "ADT_A01");
  EXPECT_EQ(parse("MSH|^~\\&|A|B|C|D|2026||ZZZ^Z01|7|P|2.5").structure(), "ZZZ_Z01");
}

TEST(Message, WhatIsNoMessageIsRefusedWithACure) {
  for (const std::string text : {"", "M", "MSH", "MSHA", "hello world", "<xml/>", "GET / HTTP/1.1\r\n", "PID|1||P1\r", "MSHX^~\\&XAXBX", "{\"a\":1}"}) {
    const auto m = Message::parse(text);
    ASSERT_FALSE(m) << text;
    EXPECT_FALSE(m.error().cure.empty()) << text;
  }
  const auto headless = Message::parse("MSH|^~\\&|A|B\rPID|1");
  ASSERT_FALSE(headless);
  EXPECT_EQ(headless.error().code, Code::bad_structure);
}

TEST(Message, BoundsHold) {
  Limits limits;
  limits.message_bytes = 100;
  EXPECT_EQ(Message::parse(kHead + std::string(200, 'x'), limits).error().code, Code::too_large);
  limits = {};
  limits.segments = 3;
  EXPECT_EQ(Message::parse(kHead + "NTE|1\rNTE|2\rNTE|3\r", limits).error().code, Code::too_large);
  limits = {};
  limits.fields_per_segment = 50;
  EXPECT_EQ(Message::parse(kHead + "NTE" + std::string(60, '|'), limits).error().code, Code::too_large);
}

TEST(Message, NulBytesStayData) {
  std::string text = kHead + "NTE|1||a";
  text.push_back('\0');
  text += "b\r";
  EXPECT_EQ(parse(text).field(1, 3).size(), 3u);
}

// "SEG SEG …" of a message, for the tests of where segments begin.
std::string ids(const Message& m) {
  std::string out;
  for (std::size_t i = 0; i < m.segment_count(); ++i) out.append(i > 0 ? " " : "").append(m.segment_id(i));
  return out;
}

TEST(Message, WordsOfATextAreNoSegments) {
  const auto m = parse("MSH|^~\\&|LIS|LAB|Y|A|2026||ORU^R01|42|P|2.5.1\nOBX|1|TX|C||first\nyes\nand|or\nEND\nOBX|2|TX|C||x\n");
  EXPECT_EQ(ids(m), "MSH OBX OBX");
  EXPECT_EQ(m.field(1, 5), "first\nyes\nand");
}

TEST(Message, ASegmentMayHaveNoFields) { EXPECT_EQ(ids(parse(kHead + "PID|1||P1\rPV2\rDSC")), "MSH PID PV2 DSC"); }

TEST(Message, BlankLinesInATextStay) { EXPECT_EQ(parse(kHead + "NTE|1||a\n\nb\r").field(1, 3), "a\n\nb"); }

TEST(Message, PaddingAtTheEndIsNoValue) {
  using namespace std::string_literals;
  EXPECT_EQ(parse(kHead + "NTE|1||a\x1c\r\0\0"s).field(1, 3), "a");
}

TEST(Message, ASecondHeaderIsRefusedNotMerged) {
  for (const std::string& second : {kHead, std::string("MSH\r"), std::string("MSH$%#@!$A$B$C$D$2026$$ADT%A01$8$P$2.3")}) {
    const auto m = Message::parse(kHead + "PID|1||P1\r" + second + "PID|1||P2\r");
    ASSERT_FALSE(m);
    EXPECT_EQ(m.error().code, Code::bad_structure);
  }
}

TEST(Message, AMessageGluedToAnotherIsRefusedNotMerged) {
  const std::string one = "MSH|^~\\&|HIS|H|Y|A|2026||ADT^A01|7|P|2.4|PID|1||P1|";
  const auto m = Message::parse(one + one);
  ASSERT_FALSE(m);
  EXPECT_EQ(m.error().code, Code::bad_structure);
}

TEST(Message, AHeaderWithoutItsTypeIsNotLookedIntoForIt) {
  for (const char* header : {"MSH|^~\\&|A", "MSH|^~\\&", "MSH|^~\\&|A|B|C|D|1|", "MSH|^~\\&|A|B|C|D|1||"}) {
    const auto m = Message::parse(std::string(header) + "\rPID|1|OBX|3|x\r");
    EXPECT_EQ(m.has_value(), std::string_view(header).ends_with("||")) << header;  // MSH-9 is there, if empty
  }
}

TEST(Message, GluedSegmentsInTheirDialects) {
  const std::string head = "MSH|^~\\&|HIS|H|Y|A|2026||ADT^A01|7|P|2.4|||||CHN";
  for (const std::string& text : {head + "|PID|1||P1|PV1|1|I", head + "|PID|1||P1|PV1|1|I\r\n", "\xEF\xBB\xBF" + head + "|PID|1||P1|PV1|1|I\r", head + "PID|1||P1PV1|1|I"}) {
    const auto m = parse(text);
    EXPECT_EQ(ids(m), "MSH PID PV1") << text;
    EXPECT_EQ(m.field(0, 17), "CHN");
    EXPECT_EQ(m.field(1, 3), "P1");
    EXPECT_EQ(m.field(2, 2), "I");
    EXPECT_FALSE(m.notices().empty());
  }
  // Only the header lost its end.
  EXPECT_EQ(ids(parse(head + "|PID|1||P1\rPV1|1|I\r")), "MSH PID PV1");
  // Names that are ids of segments, before MSH-9 and where no such segment may stand.
  EXPECT_EQ(ids(parse("MSH|^~\\&|PID|ORC|PV1|A|2026||ADT^A01|7|P|2.4")), "MSH");
  EXPECT_EQ(ids(parse("MSH|^~\\&|A|B|C|D|2026||ADT^A01|7|P|2.4|TXA|1")), "MSH");
}

TEST(Message, SegmentsJoinedAmongOthersAreToldNotParted) {
  const auto m = parse(kHead + "OBX|1|NM|C||5|||||F|OBX|2|NM\rOBX|3|NM|C||6\r");
  EXPECT_EQ(m.segment_count(), 3u);
  EXPECT_EQ(m.notices().size(), 1u);
}

TEST(Message, EncodingCharactersAreRepairedOrRefused) {
  const std::string rest = "|A|B|C|D|2026||ADT^A01|7|P|2.3";
  const auto doubled = parse("MSH|^~\\\\&" + rest);
  EXPECT_EQ(doubled.delimiters().subcomponent, '&');
  EXPECT_EQ(doubled.delimiters().truncation, '\0');
  EXPECT_EQ(parse("MSH|^~\\&amp;" + rest).delimiters().subcomponent, '&');
  for (const char* bad : {"MSH|^^\\&", "MSH|", "MSH|^~\\&#!", "MSH|^~a&", "MSH|^~\" &"}) EXPECT_FALSE(Message::parse(bad + rest)) << bad;
  // '~' is taken, so nothing repeats.
  const auto taken = parse("MSH|~|A|B|C|D|2026||ADT~A01|7|P|2.3");
  EXPECT_EQ(taken.event(), "A01");
  EXPECT_EQ(repetition_count(taken.field(0, 9), taken.delimiters()), 1u);
}

TEST(Message, LowerCaseIdsAreTold) {
  const auto m = parse("msh|^~\\&|A|B|C|D|2026||ADT^A01|7|P|2.3\rpid|1||P1\r");
  ASSERT_EQ(m.notices().size(), 2u);
  EXPECT_EQ(m.notices()[1].where, "PID[1]");
}

TEST(Message, NoticesAreBounded) {
  std::string text = kHead;
  for (int i = 0; i < 1000; ++i) text += "NTE|1||a\nb\r";
  EXPECT_EQ(parse(text).notices().size(), 101u);
}

TEST(Message, TypeAndVersionInTheirDialects) {
  const auto one = parse("MSH|^~\\&|A|B|C|D|2026||ADT_A04|7|P|2.5.1^^");
  EXPECT_EQ(one.type(), "ADT");
  EXPECT_EQ(one.event(), "A04");
  EXPECT_EQ(one.structure(), "ADT_A01");
  EXPECT_EQ(one.version(), "2.5.1");
  EXPECT_EQ(parse("MSH|^~\\&|A|B|C|D|2026||ORU|7|P|2.1").structure(), "ORU_R01");
  EXPECT_EQ(parse("MSH|^~\\&|A|B|C|D|2026||ADT^A08~ADT^A01|7|P").event(), "A08");
  EXPECT_EQ(parse("MSH|^~\\&|A|B|C|D|2026||ADT^A01|7|P").version(), "");
}

TEST(Message, NoPrefixOfAMessageDoesHarm) {
  const std::string whole = kHead + "PID|1||P1^^^LAB^MR~R2||Zhang^San\rOBR|1|O1\rOBX|1|TX|C||a\\.br\\b\n c\r";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const auto m = Message::parse(whole.substr(0, size));
    if (!m) {
      EXPECT_FALSE(m.error().what.empty());
      continue;
    }
    for (std::size_t s = 0; s < m->segment_count(); ++s) {
      for (unsigned f = 1; f <= m->field_count(s) + 1; ++f) EXPECT_LE(m->field(s, f).size(), size);
    }
  }
}

}  // namespace
}  // namespace yilian::hl7v2
