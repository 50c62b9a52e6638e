// Calls of a hospital's script from its patches.

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/mapping/fixture.h"

namespace yilian::mapping::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A hospital's file: the script, and rules added to PID[Patient].
std::string hospital(const std::string& script, const std::string& rules) {
  std::string text = "mapping:\n  script: |\n";
  std::string line;
  for (const char c : script + "\n") {
    line += c;
    if (c != '\n') continue;
    text += "    " + line;
    line.clear();
  }
  return text + "  patches:\n    \"PID[Patient]\":\n" + rules;
}

std::string problems(const std::string& yaml, const std::string& file = "hospital.yaml") {
  auto library = Library::load(maps_folder());
  EXPECT_TRUE(library);
  const auto mapping = library->compile((*config::read_text(yaml, file))["mapping"]);
  std::string all;
  if (!mapping) {
    for (const Issue& issue : mapping.error()) all += issue.line() + "\n";
  }
  return all;
}

// What scripts are told of.
std::vector<std::string> told(const Done& done) {
  std::vector<std::string> out;
  for (const Notice& notice : done.mapped.notices) {
    if (notice.what.find("hospital.yaml:") == 0) out.push_back(notice.where + " " + notice.what + " " + notice.rule);
  }
  return out;
}

constexpr const char* kDate = R"(function date(text)
  if text == "" then return nil end
  local year, month, day = text:match("^(%d+)年(%d+)月(%d+)日$")
  if year == nil then error("no date: " .. text) end
  return ("%04d%02d%02d"):format(year, month, day)
end)";
constexpr const char* kDateRule = "      - {id: \"PID[Patient]#10\", from: 'script(\"date\", PID-7)', else: \"1900-01-01\"}\n";

TEST(ScriptCalls, ARuleTakesWhatAFunctionGives) {
  const auto mapping = Folder(true).mapping(hospital(kDate, kDateRule));
  const auto done = run(*mapping, adt("PID|1||P1^^^A^MR||||1980年1月2日|F\n"));
  EXPECT_EQ(done.one("Patient").resource->text_at("birthDate"), "1980-01-02");
  EXPECT_THAT(told(done), IsEmpty());
}

TEST(ScriptCalls, AnErrorIsANoticeAndTheValueIsAbsent) {
  const auto mapping = Folder(true).mapping(hospital(kDate, kDateRule));
  const auto done = run(*mapping, adt("PID|1||P1^^^A^MR||||不详|F\n"));
  EXPECT_EQ(done.one("Patient").resource->text_at("birthDate"), "1900-01-01");
  EXPECT_THAT(told(done), ElementsAre("PID-7 hospital.yaml:6: no date: 不详 PID[Patient]#10"));
}

TEST(ScriptCalls, InConditionsTemplatesAndArguments) {
  const auto mapping = Folder(true).mapping(hospital(
      "function long(name) return utf8.len(name) > 2 end\nfunction twice(x, y) return x .. y end",
      "      - {id: \"PID[Patient]#13\", when: 'script(\"long\", PID-5.1) and script(\"twice\", PID-8, \"\") = \"F\"'}\n"
      "      - {to: \"identifier[x].value\", value: \"{script(\\\"twice\\\", upper(PID-5.1), script(\\\"twice\\\", PID-8, PID-8))}!\"}\n"));
  const auto long_name = run(*mapping, adt("PID|1||P1^^^A^MR||abc^d|||F\n"));
  EXPECT_EQ(long_name.one("Patient").resource->text_at("gender"), "female");
  EXPECT_THAT(long_name.json("Patient"), HasSubstr("\"value\":\"ABCFF!\""));
  const auto short_name = run(*mapping, adt("PID|1||P1^^^A^MR||张^d|||F\n"));
  EXPECT_EQ(short_name.one("Patient").resource->find("gender"), nullptr);
}

TEST(ScriptCalls, EachMessageIsToldOfItsErrors) {
  const std::string maps = "    \"CX[Identifier]\":\n"
                           "      - {to: \"period.start\", from: 'script(\"start\", CX.1)', when: 'script(\"start\", CX.1) or CX.1'}\n";
  std::string yaml = hospital("function start(id)\n if id == 'P1' then error('P1') end\n return '2020'\nend", "      - {id: \"PID[Patient]#10\", from: PID-7}\n");
  const auto mapping = Folder(true).mapping(yaml + maps);
  for (int i = 0; i < 5; ++i) {
    const auto bad = run(*mapping, adt("PID|1||P1^^^A^MR\n"));
    EXPECT_EQ(told(bad).size(), 2u) << i;  // by the condition and by the value
    const auto good = run(*mapping, adt("PID|1||P2^^^A^MR\n"));
    EXPECT_THAT(told(good), IsEmpty());
    EXPECT_THAT(good.json("Patient"), HasSubstr("\"start\":\"2020\""));
  }
}

// What the memo keeps hangs on all that a call reads.
TEST(ScriptCalls, FieldsThatAreGivenAreInputs) {
  std::string yaml = hospital("function join(a, b) return a .. b end", "      - {id: \"PID[Patient]#10\", from: PID-7}\n");
  yaml += "    \"CX[Identifier]\":\n      - {to: \"assigner.display\", from: 'script(\"join\", CX.1, PID-8)'}\n";
  const auto mapping = Folder(true).mapping(yaml);
  for (int i = 0; i < 5; ++i) {
    for (const char* const sex : {"F", "M"}) {
      EXPECT_THAT(run(*mapping, adt(std::string("PID|1||P1^^^A^MR|||||") + sex + "\n")).json("Patient"),
                  HasSubstr(std::string("\"display\":\"P1") + sex + "\""));
    }
  }
}

TEST(ScriptCalls, OriginsAreTheFieldsThatWereGiven) {
  const auto mapping = Folder(true).mapping(hospital("function both(a, b) return a .. b end",
                                                     "      - {to: \"identifier[x].value\", from: 'script(\"both\", PID-2, PID-8)'}\n"));
  Context traced = context();
  traced.trace = true;
  const auto done = run(*mapping, adt("PID|1|C7|P1^^^A^MR|||||F\n"), traced);
  std::vector<std::string> fields;
  for (const Origin& origin : done.mapped.origins) {
    if (origin.rule == "PID[Patient]#p1") fields.push_back(origin.field);
  }
  EXPECT_THAT(fields, ::testing::UnorderedElementsAre("PID-2", "PID-8"));
}

TEST(ScriptCalls, AHostileScriptHoldsNoMessageUp) {
  const auto mapping = Folder(true).mapping(hospital("function f(x) while true do end end",
                                                     "      - {to: \"identifier[x*].value\", from: PID-3.1, when: 'script(\"f\", PID-3.1)'}\n"));
  std::string ids = "A";
  for (int i = 0; i < 400; ++i) ids += "~B" + std::to_string(i);
  const auto began = std::chrono::steady_clock::now();
  const auto done = run(*mapping, adt("PID|1||" + ids + "\n"));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20));
  EXPECT_EQ(done.all("Patient").size(), 1u);
  EXPECT_TRUE(done.noticed("1000000 steps"));
  EXPECT_TRUE(done.noticed("used up"));
}

TEST(ScriptCalls, ProblemsOfTheHospitalsFile) {
  const std::string script = "function date(a) end\nfunction any(...) end";
  const auto of_call = [&](const std::string& call) {
    return problems(hospital(script, "      - {to: birthDate, from: '" + call + "'}\n"));
  };
  EXPECT_EQ(of_call("script(\"date\", PID-7)"), "");
  EXPECT_EQ(of_call("script(\"any\", PID-7, PID-8)"), "");
  EXPECT_EQ(of_call("script(\"dat\", PID-7)"), "hospital.yaml:7: hospital.yaml has no function dat. did you mean date?\n");
  EXPECT_EQ(of_call("script(\"date\")"), "hospital.yaml:7: date() takes 1 arguments, not 0. it stands at hospital.yaml:3\n");
  EXPECT_THAT(of_call("script(\"date\", PID-7, PID-8)"), HasSubstr("takes 1 arguments, not 2"));
  EXPECT_THAT(of_call("script(PID-7)"), HasSubstr("the function's name in quotes"));
  EXPECT_THAT(of_call("script()"), HasSubstr("does not take 0 arguments"));
  EXPECT_THAT(problems(hospital("function f(", "      - {to: birthDate, from: PID-7}\n")), HasSubstr("hospital.yaml:"));
  EXPECT_THAT(problems("mapping: {script: none.lua}", "folder/hospital.yaml"), HasSubstr("folder/hospital.yaml:1: the script folder/none.lua cannot be opened"));
  EXPECT_THAT(problems("mapping: {script: [a]}"), HasSubstr("hospital.yaml:1"));
  EXPECT_THAT(problems("mapping: {patches: {\"PID[Patient]\": [{to: birthDate, from: 'script(\"a\", PID-7)'}]}}"),
              HasSubstr("there is none here. name it in the hospital's file: mapping: {script: scripts/mine.lua}"));
}

TEST(ScriptCalls, SharedRulesHaveNoScript) {
  const Folder folder(true);
  folder.append("segments/PID[Patient].yaml", "\n");
  folder.replace("segments/PID[Patient].yaml", "from: PID-7,", "from: 'script(\"date\", PID-7)',");
  EXPECT_THAT(folder.problems(), HasSubstr("shared rules have none"));
}

TEST(ScriptCalls, AFileIsFoundBesideTheHospitalsAndCounts) {
  const Folder folder(false);
  folder.write("scripts/mine.lua", kDate);
  folder.write("hospital.yaml", std::string("mapping:\n  script: scripts/mine.lua\n  patches:\n    \"PID[Patient]\":\n") + kDateRule);
  auto library = Library::load(maps_folder());
  ASSERT_TRUE(library);
  const auto compiled = [&] { return *library->compile((*config::read_file(folder.path() + "/hospital.yaml"))["mapping"]); };
  const auto before = compiled();
  const auto done = run(*before, adt("PID|1||P1^^^A^MR||||1980|F\n"));
  EXPECT_TRUE(done.noticed(folder.path() + "/scripts/mine.lua:4: no date: 1980"));
  EXPECT_EQ(before->fingerprint(), compiled()->fingerprint());
  folder.write("scripts/mine.lua", std::string(kDate) + "\n");
  EXPECT_NE(before->fingerprint(), compiled()->fingerprint());
  folder.write("scripts/mine.lua", "function date(");
  const auto broken = library->compile((*config::read_file(folder.path() + "/hospital.yaml"))["mapping"]);
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().front().line(), HasSubstr("/scripts/mine.lua:1: "));
}

}  // namespace
}  // namespace yilian::mapping::test
