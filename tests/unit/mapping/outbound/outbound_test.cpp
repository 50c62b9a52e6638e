#include "tests/unit/mapping/outbound/fixture.h"

#include "engine/hl7v2/message.h"
#include "engine/text/encoding.h"

namespace yilian::mapping::outbound::test {
namespace {

const std::string kNumber = R"("valueQuantity":{"value":4.30,"unit":"mmol/L","code":"mmol/L","system":"http://unitsofmeasure.org"})";

TEST(Outbound, AReportIsAMessage) {
  const auto sent = send(report(kNumber));
  EXPECT_EQ(body(sent),
            "PID|1||M1^^^HIS^MR||张^三||19580307|M\n"
            "ORC|RE||F1\n"
            "OBR|1||F1|BIO^生化^LIS||||||||||||||||||20261105183000+0800|||F\n"
            "OBX|1|NM|2823-3^^LN||4.30|mmol/L^mmol/L^UCUM|||||F\n");
  EXPECT_EQ(losses(sent), "");
  EXPECT_TRUE(sent->messages[0].text.starts_with("MSH|^~\\&|||||20261105180000+0800||ORU^R01^ORU_R01|"));
  EXPECT_TRUE(sent->messages[0].text.find("|P|2.5.1||||||UNICODE UTF-8\r") != std::string::npos);
}

TEST(Outbound, WhatHasNoPlaceIsTold) {
  const auto sent = send(report(kNumber + R"(,"bodySite":{"text":"左臂"},"effectiveInstant":"2026-11-05T10:00:00.123Z","interpretation":[{"coding":[{"system":"urn:x","code":"odd"}]}],"partOf":[{"reference":"Procedure/1"}])"));
  EXPECT_EQ(losses(sent),
            "Observation/o1 bodySite.text: no place in ORU^R01\n"
            "Observation/o1 interpretation[0].coding[0].system: no place in ORU^R01\n"
            "Observation/o1 partOf[0].reference: no place in ORU^R01\n");
}

TEST(Outbound, AWholeResourceThatNothingTellsIsOneLoss) {
  const auto sent = send(bundle(entry(kPatient) + "," + entry(kReport) + "," + entry(observation(kNumber)) + R"(,{"resource":{"resourceType":"Device","id":"d","serialNumber":"1","lotNumber":"2"}})"));
  EXPECT_EQ(losses(sent), "Device/d: no place in ORU^R01\n");
}

TEST(Outbound, TheVersionSaysWhatThereIs) {
  const auto sent = send(report(kNumber + R"(,"method":{"coding":[{"code":"m"}]},"device":{"identifier":{"value":"7"}})"), "version: \"2.3\"");
  EXPECT_NE(body(sent).find("OBX|1|NM|2823-3^^LN||4.30|mmol/L^mmol/L^UCUM|||||F||||||m\n"), std::string::npos) << body(sent);
  EXPECT_EQ(losses(sent), "Observation/o1 device.identifier.value: OBX-18 is not in HL7 2.3\n");
  EXPECT_EQ(losses(send(report(kNumber + R"(,"device":{"identifier":{"value":"7"}})"), "{version: \"2.3\", beyond-version: true}")), "");
}

TEST(Outbound, TheReceiverSaysWhatItDoesNotWant) {
  const auto sent = send(report(kNumber + R"(,"note":[{"text":"a"}],"interpretation":[{"coding":[{"code":"H"}]}])"), "unwanted: [NTE, OBX-8]");
  EXPECT_EQ(body(sent).find("NTE"), std::string::npos);
  EXPECT_EQ(losses(sent), "Observation/o1 note[0].text: NTE is not wanted by the receiver\nObservation/o1 interpretation[0].coding[0].code: OBX-8 is not wanted by the receiver\n");
}

TEST(Outbound, HeaderCodesAndSystemsOfTheReceiver) {
  const auto sent = send(report(kNumber), R"({sending-application: YILIAN, receiving-facility: "B^1.2.3^ISO", tables: {AdministrativeSex: {male: 男}}, systems: {"http://loinc.org": LOINC}, zone: Asia/Shanghai, offsets: false, options: {han-name: XPN.2}})");
  ASSERT_TRUE(sent);
  EXPECT_TRUE(sent->messages[0].text.starts_with("MSH|^~\\&|YILIAN|||B^1.2.3^ISO|20261105180000||ORU^R01^ORU_R01|")) << sent->messages[0].text;
  EXPECT_NE(body(sent).find("PID|1||M1^^^HIS^MR||^张三||19580307|男\n"), std::string::npos) << body(sent);
  EXPECT_NE(body(sent).find("|2823-3^^LOINC|"), std::string::npos);
  EXPECT_NE(body(sent).find("|20261105183000|||F\n"), std::string::npos);
}

TEST(Outbound, PreferredCodingsGoFirst) {
  std::string twice = report(kNumber);
  twice.replace(twice.find(R"({"code":"2823-3")"), 1, R"({"code":"B01","display":"钾","system":"urn:yilian:xinghe:LIS"},{)");
  EXPECT_NE(body(send(twice)).find("|B01^钾^LIS^2823-3^^LN|"), std::string::npos);
  EXPECT_NE(body(send(twice, "prefer: [\"http://loinc.org\"]")).find("|2823-3^^LN^B01^钾^LIS|"), std::string::npos);
}

TEST(Outbound, Charsets) {
  const auto sent = send(report(kNumber), "charset: GB18030");
  ASSERT_TRUE(sent);
  const auto& bytes = sent->messages[0].text;
  EXPECT_EQ(bytes.find("张"), std::string::npos);
  EXPECT_NE(bytes.find("GB 18030-2000"), std::string::npos);
  const auto read = hl7v2::read(bytes, std::nullopt);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->charset, text::Charset::gb18030);
  EXPECT_NE(read->message.text().find("张^三"), std::string_view::npos);
  const auto refused = send(report(kNumber), "charset: 8859/1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::bad_encoding);
}

TEST(Outbound, TextIsEscaped) {
  const auto sent = send(report(R"("valueString":"a|b^c~d\\e&f\rg")"));
  EXPECT_NE(body(sent).find(R"(|a\F\b\S\c\R\d\E\e\T\f\X0D\g|)"), std::string::npos) << body(sent);
}

TEST(Outbound, ValuesByTheirTypes) {
  const auto value = [](const std::string& given, const std::string& profile = {}) {
    const auto text = body(send(report(given), profile));
    const auto at = text.find("OBX|1|");
    return text.substr(at + 6, text.find('\n', at) - at - 6);
  };
  EXPECT_EQ(value(R"("valueQuantity":{"value":0.5,"comparator":"<","unit":"mg/L"})"), "SN|2823-3^^LN||<^0.5|mg/L|||||F");
  EXPECT_EQ(value(R"("valueQuantity":{"value":0.5,"comparator":"<","unit":"mg/L"})", "options: {comparator: ST}"), "ST|2823-3^^LN||<0.5|mg/L|||||F");
  EXPECT_EQ(value(R"("valueRatio":{"numerator":{"value":1},"denominator":{"value":128}})"), "SN|2823-3^^LN||^1^:^128||||||F");
  EXPECT_EQ(value(R"("valueRange":{"low":{"value":1},"high":{"value":3}})"), "SN|2823-3^^LN||^1^-^3||||||F");
  EXPECT_EQ(value(R"("valueString":"一\n二")"), "TX|2823-3^^LN||一~二||||||F");
  EXPECT_EQ(value(R"("valueBoolean":false)"), "ID|2823-3^^LN||N||||||F");
  EXPECT_EQ(value(R"("valueInteger":7)"), "NM|2823-3^^LN||7||||||F");
  EXPECT_EQ(value(R"("valueDateTime":"2026-11")"), "DT|2823-3^^LN||202611||||||F");
  EXPECT_EQ(value(R"("valueTime":"12:30:00")"), "TM|2823-3^^LN||123000||||||F");
  EXPECT_EQ(value(R"x("valueCodeableConcept":{"text":"阳性(+)"})x", "version: \"2.4\""), "CE|2823-3^^LN||^阳性(+)||||||F");
  EXPECT_EQ(value(R"("dataAbsentReason":{"coding":[{"code":"not-asked"}]})"), "|2823-3^^LN||||||||N");
}

TEST(Outbound, ComponentsAreResults) {
  const auto sent = send(report(R"("component":[{"code":{"coding":[{"code":"S"}]},"valueInteger":120},{"code":{"coding":[{"code":"D"}]},"valueInteger":80}],"note":[{"text":"sitting"}])"));
  EXPECT_NE(body(sent).find("OBX|1||2823-3^^LN||||||||F\nNTE|1||sitting\nOBX|2|NM|S||120||||||F\nOBX|3|NM|D||80||||||F\n"), std::string::npos) << body(sent);
  EXPECT_EQ(losses(sent), "");
}

TEST(Outbound, ADocumentInAReport) {
  std::string with = report(kNumber);
  with.replace(with.find(R"("result":)"), 0, R"("presentedForm":[{"contentType":"application/pdf","data":"JVBERg==","title":"报告"}],)");
  const auto sent = send(with);
  EXPECT_NE(body(sent).find("OBX|2|ED|^报告||^application^pdf^Base64^JVBERg==||||||F\n"), std::string::npos) << body(sent);
  EXPECT_EQ(losses(sent), "");
}

TEST(Outbound, OneMessageAPatient) {
  std::string second = kReport, other = kPatient;
  second.replace(second.find("\"r1\""), 4, "\"r2\"");
  std::string third = second;
  third.replace(third.find("\"r2\""), 4, "\"r3\"");
  third.replace(third.find("Patient/p1"), 10, "Patient/p2");
  other.replace(other.find("\"p1\""), 4, "\"p2\"");
  const std::string all = bundle(entry(kPatient) + "," + entry(other) + "," + entry(kReport) + "," + entry(second) + "," + entry(third) + "," + entry(observation(kNumber)));
  const auto sent = send(all);
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->messages.size(), 2u);
  EXPECT_NE(sent->messages[0].text.find("\rOBR|2|"), std::string::npos);
  EXPECT_NE(sent->messages[0].control_id, sent->messages[1].control_id);
  EXPECT_EQ(send(all, "apart: true")->messages.size(), 3u);
}

TEST(Outbound, ContainedAndVersionedReferences) {
  std::string given = observation(kNumber + R"(,"performer":[{"reference":"#who"}],"contained":[{"resourceType":"Practitioner","id":"who","identifier":[{"value":"T1"}],"name":[{"family":"冯","given":["雪"]}]}])");
  std::string subject = kReport;
  subject.replace(subject.find("Patient/p1"), 10, "http://a/fhir/Patient/p1/_history/2");
  const auto sent = send(bundle(entry(kPatient) + "," + entry(subject) + "," + entry(given)));
  EXPECT_NE(body(sent).find("PID|1||M1"), std::string::npos) << body(sent);
  EXPECT_NE(body(sent).find("|T1^冯^雪\n"), std::string::npos) << body(sent);
  EXPECT_EQ(losses(sent), "");
}

TEST(Outbound, ReferencesInACircleEnd) {
  const auto sent = send(bundle(entry(R"({"resourceType":"Location","id":"a","name":"A","partOf":{"reference":"Location/a"}})") + "," + entry(kPatient) + "," +
                                entry(R"({"resourceType":"Encounter","id":"e","status":"in-progress","class":{"code":"IMP"},"subject":{"reference":"Patient/p1"},"location":[{"location":{"reference":"Location/a"}}]})")));
  EXPECT_NE(body(sent).find("PV1|1|I|A"), std::string::npos) << body(sent);
}

TEST(Outbound, RefusalsSayWhy) {
  const auto none = send(bundle(entry(R"({"resourceType":"Device","id":"d"})")));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Code::unsupported_message_type);
  EXPECT_NE(none.error().line().find("only Device"), std::string::npos);
  const auto asked = send(report(kNumber), {}, "SIU^S12");
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().code, Code::unsupported_message_type);
  EXPECT_FALSE(send(report(kNumber), {}, "XXX^Y01"));
  const auto nobody = send(bundle(entry(kReport) + "," + entry(observation(kNumber))));
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, Code::required_missing);
  EXPECT_NE(nobody.error().what.find("PID-3"), std::string::npos);
  EXPECT_EQ(send(bundle("")).error().code, Code::bad_structure);
  EXPECT_EQ(send(bundle(entry(R"({"resourceType":"Nonsense"})"))).error().code, Code::bad_structure);
  EXPECT_EQ(send(R"({"resourceType":"Bundle","entry":[{"resource":7}]})").error().code, Code::bad_structure);
}

TEST(Outbound, OneRefusedMessageLeavesTheOthers) {
  const auto sent = send(bundle(entry(kPatient) + "," + entry(kReport) + "," + entry(observation(kNumber)) + "," +
                                entry(R"({"resourceType":"DocumentReference","id":"x","status":"current","masterIdentifier":{"value":"W1"}})")));
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->messages.size(), 1u);
  ASSERT_EQ(sent->refused.size(), 1u);
  EXPECT_EQ(sent->refused[0].line(), "DocumentReference/x: MDM^T02 needs PID-3, and nothing here tells it");
  EXPECT_EQ(losses(sent), "DocumentReference/x: no place in ORU^R01\n");
}

TEST(Outbound, WrongShapesAreLeftOutAndTold) {
  const auto sent = send(report(R"("valueQuantity":"five","interpretation":"H","note":{"text":["x"]},"effectiveDateTime":"yesterday")"));
  ASSERT_TRUE(sent) << sent.error().line();
  EXPECT_EQ(losses(sent),
            "Observation/o1 valueQuantity: no place in ORU^R01\n"
            "Observation/o1 interpretation: no place in ORU^R01\n"
            "Observation/o1 effectiveDateTime: not a value that HL7 can write\n");
}

TEST(Outbound, EventsFollowTheState) {
  const auto type = [](const std::string& status, const std::string& message = {}) {
    const auto sent = send(bundle(entry(kPatient) + "," + entry(R"({"resourceType":"Encounter","id":"e","class":{"code":"IMP"},"subject":{"reference":"Patient/p1"},"status":")" + status + "\"}")), {}, message);
    return sent ? sent->messages.at(0).type : sent.error().line();
  };
  EXPECT_EQ(type("in-progress"), "ADT^A01");
  EXPECT_EQ(type("finished"), "ADT^A03");
  EXPECT_EQ(type("arrived"), "ADT^A04");
  EXPECT_EQ(type("in-progress", "ADT^A08"), "ADT^A08");
  EXPECT_EQ(send(bundle(entry(kPatient)))->messages.at(0).type, "ADT^A31");
  EXPECT_EQ(send(bundle(entry(kPatient)), {}, "ADT^A28")->messages.at(0).type, "ADT^A28");
}

TEST(Outbound, AppointmentsAndReferralsAndDocuments) {
  const auto siu = send(bundle(entry(kPatient) + "," + entry(R"({"resourceType":"Appointment","id":"a","status":"cancelled","identifier":[{"value":"A1"}],"start":"2026-11-05T17:00:00+08:00","end":"2026-11-05T18:00:00+08:00","participant":[{"actor":{"reference":"Patient/p1"},"status":"accepted"}]})")));
  ASSERT_TRUE(siu) << siu.error().line();
  EXPECT_EQ(siu->messages[0].type, "SIU^S15");
  EXPECT_NE(body(siu).find("TQ1|1||||||20261105170000+0800|20261105180000+0800\n"), std::string::npos) << body(siu);
  EXPECT_EQ(losses(siu), "");

  const auto ref = send(bundle(entry(kPatient) + "," + entry(R"({"resourceType":"Practitioner","id":"d","identifier":[{"value":"D1"}],"name":[{"family":"周","given":["明远"]}]})") + "," +
                               entry(R"({"resourceType":"Organization","id":"h","name":"星河医院","identifier":[{"value":"XH"}]})") + "," +
                               entry(R"({"resourceType":"ServiceRequest","id":"s","status":"active","intent":"order","identifier":[{"value":"Z1"}],"category":[{"coding":[{"system":"http://snomed.info/sct","code":"3457005"}]}],"subject":{"reference":"Patient/p1"},"requester":{"reference":"Practitioner/d"},"performer":[{"reference":"Organization/h"}],"reasonCode":[{"text":"胸痛"}],"priority":"urgent"})")));
  ASSERT_TRUE(ref) << ref.error().line();
  EXPECT_EQ(ref->messages[0].type, "REF^I12");
  EXPECT_TRUE(body(ref).starts_with("RF1|A|A||||Z1||||^胸痛\nPRD|RP|周^明远|||||D1\nPRD|RT||")) << body(ref);
  EXPECT_EQ(losses(ref), "");

  const auto mdm = send(bundle(entry(kPatient) + "," + entry(R"({"resourceType":"DocumentReference","id":"x","status":"current","masterIdentifier":{"value":"W1"},"type":{"coding":[{"code":"C0053"}]},"subject":{"reference":"Patient/p1"},"date":"2026-11-12T10:00:00+08:00","content":[{"attachment":{"contentType":"text/plain","data":"5LiACuS6jA==","title":"小结"}}]})")));
  ASSERT_TRUE(mdm) << mdm.error().line();
  EXPECT_EQ(mdm->messages[0].type, "MDM^T02");
  EXPECT_NE(body(mdm).find("OBX|1|TX|^小结||一~二||||||F\n"), std::string::npos) << body(mdm);
  EXPECT_EQ(losses(mdm), "");
}

TEST(Outbound, TheSameResourcesMakeTheSameBytes) { EXPECT_EQ(send(report(kNumber))->messages[0].text, send(report(kNumber))->messages[0].text); }

TEST(Outbound, ABoundOnLosses) {
  std::string more = entry(kPatient) + "," + entry(kReport) + "," + entry(observation(kNumber));
  for (int i = 0; i < 3000; ++i) more += "," + entry(R"({"resourceType":"Device","lotNumber":"1"})");
  const auto sent = send(bundle(more));
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->losses.size(), 2001u);
  EXPECT_EQ(sent->losses.back().why, "and 1000 more");
}

}  // namespace
}  // namespace yilian::mapping::outbound::test
