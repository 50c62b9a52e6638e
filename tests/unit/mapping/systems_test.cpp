#include "engine/mapping/systems.h"

#include <gtest/gtest.h>

namespace yilian::mapping {
namespace {

TEST(Systems, NamesBecomeUris) {
  fhir::Arena arena;
  const Systems systems({{"LIS", "urn:oid:1.2.3"}, {"LN", "http://example.org/own"}});
  const std::pair<const char*, const char*> cases[] = {
      {"LIS", "urn:oid:1.2.3"},
      {"LN", "http://example.org/own"},  // the hospital's word goes first
      {"SCT", "http://snomed.info/sct"},
      {"sct", "http://snomed.info/sct"},
      {"I10", "http://hl7.org/fhir/sid/icd-10"},
      {"HL70005", "http://terminology.hl7.org/CodeSystem/v2-0005"},
      {"HL7-0203", "http://terminology.hl7.org/CodeSystem/v2-0203"},
      {"1.2.840.1", "urn:oid:1.2.840.1"},
      {"2.16.840.1.113883.6.1", "http://loinc.org"},
      {"2.16.840.1.113883.12.1", "http://terminology.hl7.org/CodeSystem/v2-0001"},
      {"123e4567-e89b-12d3-a456-426614174000", "urn:uuid:123e4567-e89b-12d3-a456-426614174000"},
      {"http://loinc.org", "http://loinc.org"},
      {"L", "urn:yilian:xinghe:L"},
      {"检验 科", "urn:yilian:xinghe:检验%20科"},
      {"1.2.", "urn:yilian:xinghe:1.2."},
      {"", ""},
  };
  for (const auto& [name, uri] : cases) EXPECT_EQ(systems.of_name(name, "xinghe", arena), uri) << name;
}

TEST(Systems, AuthoritiesPreferWhatIsUnique) {
  fhir::Arena arena;
  const Systems systems(std::map<std::string, std::string>{{"LIS", "urn:oid:1.2.3"}});
  EXPECT_EQ(systems.of_authority("A", "1.2.4", "ISO", "x", arena), "urn:oid:1.2.4");
  EXPECT_EQ(systems.of_authority("LIS", "1.2.4", "ISO", "x", arena), "urn:oid:1.2.3");
  EXPECT_EQ(systems.of_authority("A", "", "", "x", arena), "urn:yilian:x:A");
  EXPECT_EQ(systems.of_authority("A", "host.example", "DNS", "x", arena), "urn:yilian:x:A");
  EXPECT_EQ(systems.of_authority("", "host.example", "DNS", "x", arena), "urn:yilian:x:host.example");
  EXPECT_EQ(systems.of_authority("", "", "", "x", arena), "");
}

}  // namespace
}  // namespace yilian::mapping
