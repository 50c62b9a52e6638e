// What a hospital's own file changes.

#include <gmock/gmock.h>

#include "tests/unit/mapping/fixture.h"

namespace yilian::mapping::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string problems(const std::string& yaml) {
  auto library = Library::load(maps_folder());
  EXPECT_TRUE(library);
  const auto mapping = library->compile((*config::read_text(yaml, "hospital.yaml"))["mapping"]);
  std::string all;
  if (!mapping) {
    for (const Issue& issue : mapping.error()) all += issue.line() + "\n";
  }
  return all;
}

TEST(Patches, TablesAndSystems) {
  const auto mapping = Folder(true).mapping(R"(
mapping:
  tables: {AdministrativeSex: {map: {男: male, F: other}}}
  systems: {A: "urn:oid:9.9"}
)");
  const auto done = run(*mapping, adt("PID|1||P1^^^A^MR|||||男\n"));
  EXPECT_EQ(done.one("Patient").resource->text_at("gender"), "male");
  EXPECT_THAT(done.json("Patient"), HasSubstr(R"("system":"urn:oid:9.9")"));
  EXPECT_EQ(run(*mapping, adt("PID|1||P1|||||F\n")).one("Patient").resource->text_at("gender"),
            "other");  // the hospital's goes first
  EXPECT_EQ(run(*mapping, adt("PID|1||P1|||||U\n")).one("Patient").resource->text_at("gender"), "unknown");
}

TEST(Patches, RulesAreReplacedRemovedAndAdded) {
  const auto mapping = Folder(true).mapping(R"(
mapping:
  patches:
    "PID[Patient]":
      - {id: "PID[Patient]#10", from: PID-29}
      - {id: "PID[Patient]#13", remove: true}
      - {after: "PID[Patient]#5", from: PID-19, to: "identifier[card].value"}
    ORU_R01:
      - {id: "ORU_R01#12", when: PID-5}
)");
  const auto done = run(*mapping, adt("PID|1||P1||||19800101|F|||||||||||110101198001010011||||||||||20250101\n"));
  EXPECT_EQ(done.one("Patient").resource->text_at("birthDate"), "2025-01-01");
  EXPECT_EQ(done.one("Patient").resource->find("gender"), nullptr);
  EXPECT_EQ(done.one("Patient").resource->find("identifier")->items()[1].text_at("value"), "110101198001010011");
  auto message = hl7v2::Message::parse(oru("PID|1||P1\nOBR|1||F1|A^a^L\n"));
  EXPECT_FALSE(mapping->run(*message, context()));  // no name, so no patient
}

TEST(Patches, ZSegments) {
  const Folder folder(true);
  const std::string hospital = R"(
mapping:
  segments: {ZPI: {1: {name: Card number, type: CX}, 2: {name: Free text}}}
  patches:
    "PID[Patient]":
      - {from: ZPI-1, to: "identifier[z]", as: "CX[Identifier]"}
)";
  const auto done = run(*folder.mapping(hospital), adt("PID|1||P1\nZPI|C77^^^CARD\n"));
  EXPECT_THAT(done.json("Patient"), HasSubstr(R"("value":"C77")"));
  EXPECT_THAT(problems("mapping:\n  segments: {ZPI: {1: {type: CX}}}\n  patches: {\"PID[Patient]\": [{from: ZPI-2, to: "
                       "birthDate}]}\n"),
              HasSubstr("declares no field 2 of ZPI"));
}

TEST(Patches, MistakesAreToldWithACure) {
  EXPECT_THAT(problems("mapping:\n  patches: {\"PID[Patiant]\": []}\n"), HasSubstr("did you mean PID[Patient]?"));
  EXPECT_THAT(problems("mapping:\n  patches: {\"PID[Patient]\": [{id: \"PID[Patient]#131\", table: X}]}\n"),
              HasSubstr("did you mean PID[Patient]#1"));
  EXPECT_THAT(problems("mapping:\n  patches: {\"PID[Patient]\": [{id: \"PID[Patient]#13\", table: X}]}\n"),
              HasSubstr("hospital.yaml:2"));
  EXPECT_THAT(problems("mapping:\n  systems: {LIS: lis}\n"), HasSubstr("is no URI"));
  EXPECT_THAT(problems("mapping:\n  table: {}\n"), HasSubstr("tables"));
  EXPECT_EQ(problems("mapping: {}\n"), "");
}

}  // namespace
}  // namespace yilian::mapping::test
