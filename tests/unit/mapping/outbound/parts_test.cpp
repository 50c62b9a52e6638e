#include <gtest/gtest.h>

#include "engine/mapping/outbound/names.h"
#include "engine/mapping/outbound/text_of.h"

namespace yilian::mapping::outbound {
namespace {

TEST(OutboundText, TimesKeepTheirPrecision) {
  const Clock as_told;
  EXPECT_EQ(hl7_time("2026", as_told), "2026");
  EXPECT_EQ(hl7_time("2026-11", as_told), "202611");
  EXPECT_EQ(hl7_time("2026-11-05", as_told), "20261105");
  EXPECT_EQ(hl7_time("2026-11-05T17:10:00+08:00", as_told), "20261105171000+0800");
  EXPECT_EQ(hl7_time("2026-11-05T17:10:00.120Z", as_told), "20261105171000.120+0000");
  EXPECT_EQ(hl7_time("2026-11-05T17:10:00.000-03:30", as_told), "20261105171000-0330");
  EXPECT_FALSE(hl7_time("yesterday", as_told));
  EXPECT_FALSE(hl7_time("2026/11/05", as_told));
  EXPECT_FALSE(hl7_time("2026-11-05Tnoon", as_told));
}

TEST(OutboundText, TimesInTheReceiversZone) {
  const Clock local{Zone::shanghai(), false};
  EXPECT_EQ(hl7_time("2026-11-05T17:10:59.5Z", local), "20261106011059.5");
  EXPECT_EQ(hl7_time("2026-12-31T16:00:00Z", local), "20270101000000");
  EXPECT_EQ(hl7_time("2026-11-05", local), "20261105");
  const Clock york{Zone::find("America/New_York"), true};
  EXPECT_EQ(hl7_time("2026-07-01T12:00:00Z", york), "20260701080000-0400");
  EXPECT_EQ(hl7_time("2026-11-01T05:30:00Z", york), "20261101013000-0400");
  EXPECT_EQ(hl7_time("2026-03-08T07:00:00Z", york), "20260308030000-0400");
}

TEST(OutboundText, ByType) {
  EXPECT_EQ(hl7_text("dateTime", "2026-11-05T17:10:00+08:00", "DT", {}), "20261105");
  EXPECT_EQ(hl7_text("boolean", "true", "ID", {}), "Y");
  EXPECT_EQ(hl7_text("time", "08:30:00", "TM", {}), "083000");
  EXPECT_EQ(hl7_text("decimal", "4.30", "NM", {}), "4.30");
}

TEST(OutboundNames, SystemsAndAuthorities) {
  Names names;
  names.shared["http://loinc.org"] = "LN";
  names.own["urn:oid:1.2.3"] = "HIS";
  EXPECT_EQ(names.coding("http://loinc.org"), "LN");
  EXPECT_EQ(names.coding("http://terminology.hl7.org/CodeSystem/v2-0078"), "HL70078");
  EXPECT_EQ(names.coding("urn:oid:1.2.4"), "1.2.4");
  EXPECT_EQ(names.coding("urn:yilian:xinghe:My%20LIS"), "My LIS");
  EXPECT_EQ(names.coding("http://a.example/cs"), "http://a.example/cs");
  EXPECT_EQ(names.authority("urn:oid:1.2.3"), "HIS");
  EXPECT_EQ(names.universal("urn:oid:1.2.3"), "");
  EXPECT_EQ(names.authority("urn:oid:1.2.4"), "");
  EXPECT_EQ(names.universal("urn:oid:1.2.4"), "1.2.4");
  names.oids["http://hl7.org/fhir/sid/us-npi"] = "2.16.840.1.113883.4.6";
  EXPECT_EQ(names.universal("http://hl7.org/fhir/sid/us-npi"), "2.16.840.1.113883.4.6");
  EXPECT_EQ(names.universal_type("http://hl7.org/fhir/sid/us-npi"), "ISO");
  EXPECT_EQ(names.universal_type("urn:oid:1.2.4"), "ISO");
  EXPECT_EQ(names.universal_type("urn:uuid:0"), "UUID");
  EXPECT_EQ(names.universal_type("http://a"), "URI");
  EXPECT_EQ(names.universal_type(""), "");
}

}  // namespace
}  // namespace yilian::mapping::outbound
