#include <stdexcept>

#include "engine/hl7v2/builder.h"

namespace yilian::hl7v2 {
namespace {

TEST(Builder, WritesOnlyTheSeparatorsThatAreNeeded) {
  Builder b;
  b.segment("MSH").set(3, "A").set(9, 1, "ADT").set(9, 2, "A01");
  b.segment("PID").set(3, 1, 1, 1, "P1").set(3, 1, 4, 1, "H").set(3, 1, 4, 2, "X").set(3, 2, 1, 1, "P2").set(5, 1, "a|b").set(8, "");
  EXPECT_EQ(b.take(), "MSH|^~\\&|A||||||ADT^A01\rPID|||P1^^^H&X~P2||a\\F\\b\r");
}

TEST(Builder, WhatItWritesParses) {
  Builder b(Delimiters{'$', '%', '#', '@', '!', '\0'});
  b.segment("MSH").set(3, "A").set(9, 1, "ADT").set(9, 2, "A01").set(10, "1").set(12, "2.5");
  const auto m = Message::parse(b.take());
  ASSERT_TRUE(m);
  EXPECT_EQ(m->event(), "A01");
}

Message original(const std::string& version, const std::string& delimiters = "|^~\\&") {
  const char f = delimiters[0];
  std::string text = "MSH" + delimiters;
  for (const char* field : {"HIS", "COUNTY", "YILIAN", "ALL", "20261124", "", "ORU" , "77", "P"}) text.append(1, f).append(field);
  text.append(1, f).append(version);
  text.replace(text.find("ORU"), 3, std::string("ORU") + delimiters[1] + "R01");
  return *Message::parse(text + "\r");
}

TEST(Acknowledge, TurnsSenderAndReceiverRound) {
  const auto to = original("2.5.1");
  const auto ack = Message::parse(acknowledge(&to, {"AA", "Y1", "", "", nullptr}));
  ASSERT_TRUE(ack);
  EXPECT_EQ(ack->field(0, 3), "YILIAN");
  EXPECT_EQ(ack->field(0, 5), "HIS");
  EXPECT_EQ(ack->field(0, 6), "COUNTY");
  EXPECT_EQ(ack->field(0, 9), "ACK^R01^ACK");
  EXPECT_EQ(ack->field(0, 12), "2.5.1");
  EXPECT_EQ(ack->field(1, 1), "AA");
  EXPECT_EQ(ack->field(1, 2), "77");
  EXPECT_EQ(ack->segment_count(), 2u);
}

TEST(Acknowledge, TheErrorSegmentFollowsTheVersion) {
  const Issue issue{Code::bad_value, Severity::error, "PID-7", "'x' is no date", "write YYYYMMDD"};
  const auto fresh = original("2.5.1");
  const auto ack = Message::parse(acknowledge(&fresh, {"AE", "Y1", "", "", &issue}));
  ASSERT_TRUE(ack);
  ASSERT_EQ(ack->segment_id(2), "ERR");
  EXPECT_EQ(ack->field(2, 2), "PID^1^7");
  EXPECT_EQ(ack->field(2, 3), "102^Data type error^HL70357");
  EXPECT_EQ(ack->field(2, 4), "E");
  EXPECT_EQ(ack->field(2, 8), "write YYYYMMDD");
  const auto old = original("2.3");
  const auto old_ack = Message::parse(acknowledge(&old, {"AE", "Y1", "", "", &issue}));
  ASSERT_TRUE(old_ack);
  EXPECT_EQ(old_ack->field(2, 1).substr(0, 13), "PID^1^7^102&P");
  EXPECT_EQ(old_ack->field(1, 3), "'x' is no date");
}

TEST(Acknowledge, KeepsTheSendersDelimiters) {
  const auto to = original("2.5", "$%#@!");
  EXPECT_EQ(acknowledge(&to, {"AA", "Y1", "", "", nullptr}).substr(0, 9), "MSH$%#@!$");
}

TEST(Acknowledge, SomethingUnreadableGetsAWellFormedAnswer) {
  const Issue issue{Code::bad_syntax, Severity::error, "", "this is no HL7 v2 message", "send HL7 v2"};
  const auto ack = Message::parse(acknowledge(nullptr, {"AR", "Y1", "", "", &issue}));
  ASSERT_TRUE(ack);
  EXPECT_EQ(ack->delimiters().field, '|');
  EXPECT_EQ(ack->field(1, 1), "AR");
  EXPECT_EQ(ack->field(1, 2), "");
  EXPECT_EQ(ack->segment_id(2), "ERR");
}

TEST(Builder, GoingBackIsAProgrammingError) {
  Builder b;
  b.segment("PID").set(5, 2, "a");
  EXPECT_THROW(b.set(3, "b"), std::logic_error);
  EXPECT_THROW(b.set(5, 2, "b"), std::logic_error);
  EXPECT_THROW(b.set(5, 1, "b"), std::logic_error);
}

TEST(Builder, RawFieldsCannotBreakTheLine) {
  Builder b;
  b.segment("MSH").raw(3, "A^B\nPID|x\r");
  EXPECT_EQ(b.take(), "MSH|^~\\&|A^B\\X0A\\PID|x\\X0D\\\r");
}

TEST(Acknowledge, AnswersWithStandardDelimitersWhereTheHeaderLacksSome) {
  const auto to = Message::parse("MSH|~|HIS&X|B~1|Y|A|2026||ADT~A01|7|P|2.3");
  ASSERT_TRUE(to);
  const auto ack = Message::parse(acknowledge(&*to, {"AA", "Y1", "", "", nullptr}));
  ASSERT_TRUE(ack);
  EXPECT_EQ(ack->field(0, 2), "^~\\&");
  EXPECT_EQ(ack->field(0, 5), "HIS\\T\\X");
  EXPECT_EQ(ack->event(), "A01");
}

TEST(Acknowledge, AsciiUnlessTheSendersNamesAreNot) {
  const auto plain = original("2.5.1");
  EXPECT_EQ(Message::parse(acknowledge(&plain, {"AA", "Y1", "", "", nullptr}))->field(0, 18), "");
  const auto to = Message::parse("MSH|^~\\&|医院|B|Y|A|2026||ADT^A01|7|P|2.4||||||GB 18030-2000");
  ASSERT_TRUE(to);
  const auto utf8 = Message::parse(acknowledge(&*to, {"AA", "Y1", "", "", nullptr}));
  EXPECT_EQ(utf8->field(0, 18), "UNICODE UTF-8");
  EXPECT_EQ(utf8->field(0, 5), "医院");
  Acknowledgement own{"AA", "Y1", "", "", nullptr};
  own.charset = text::Charset::gb18030;
  const auto gb = hl7v2::read(acknowledge(&*to, own), std::nullopt);
  ASSERT_TRUE(gb);
  EXPECT_EQ(gb->charset, text::Charset::gb18030);
  EXPECT_EQ(gb->message.field(0, 18), "GB 18030-2000");
  EXPECT_EQ(gb->message.field(0, 5), "医院");
}

TEST(Acknowledge, LongChineseTextIsNotCutInsideACharacter) {
  std::string what;
  for (int i = 0; i < 40; ++i) what += "错";
  const Issue issue{Code::bad_value, Severity::warning, "OBX[2]-5.1", what, ""};
  const auto old = original("2.3");
  EXPECT_TRUE(text::valid_utf8(acknowledge(&old, {"AE", "Y1", "", "", &issue})));
  const auto fresh = original("2.5.1");
  const auto ack = Message::parse(acknowledge(&fresh, {"AE", "Y1", "", "", &issue}));
  EXPECT_EQ(ack->field(2, 2), "OBX^2^5^1^1");
  EXPECT_EQ(ack->field(2, 4), "W");
}

TEST(Acknowledge, RepeatsNoGarbage) {
  const auto to = Message::parse("MSH|^~\\&|A\nB|B|Y|A|2026||ADT^A01|7|OBR|2.5<script>");
  ASSERT_TRUE(to);
  const std::string text = acknowledge(&*to, {"AA", "Y1", "", "", nullptr});
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const auto ack = Message::parse(text);
  EXPECT_EQ(ack->version(), "2.5.1");
  EXPECT_EQ(ack->field(0, 11), "P");
  EXPECT_EQ(ack->segment_count(), 2u);
}

}  // namespace
}  // namespace yilian::hl7v2
