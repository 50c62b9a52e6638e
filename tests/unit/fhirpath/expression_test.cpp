#include "engine/fhirpath/expression.h"

#include <thread>

#include "tests/unit/fhirpath/fixture.h"

namespace yilian::fhirpath {
namespace {

constexpr std::string_view kPatient =
    R"({"resourceType":"Patient","id":"p","_birthDate":{"extension":[{"url":"http://a/b","valueDateTime":"1974-12-25T14:35:45-05:00"}]},)"
    R"("birthDate":"1974-12-25","active":true,"name":[{"use":"official","family":"Wang","given":["Li","Na"],)"
    R"("_given":[null,{"id":"g2"}]},{"given":[null],"_given":[{"extension":[{"url":"http://a/c","valueString":"x"}]}]}],)"
    R"("contained":[{"resourceType":"Organization","id":"o","name":"Ward"}],"managingOrganization":{"reference":"#o"},)"
    R"("multipleBirthInteger":2})";

class ExpressionTest : public Evaluation {
 protected:
  Texts patient(std::string_view text, const Options& options = {}) { return on(read(kPatient), text, options); }
  Texts strict(std::string_view text) { return patient(text, {.type = fhir::type("Patient"), .strict = true}); }
};

TEST_F(ExpressionTest, WalksMembersChoicesAndPrimitives) {
  EXPECT_EQ(patient("name.given"), (Texts{"Li", "Na", ""}));
  EXPECT_EQ(patient("Patient.name[0].given[1]"), Texts{"Na"});
  EXPECT_EQ(patient("multipleBirth"), Texts{"2"});
  EXPECT_EQ(patient("multipleBirthInteger"), Texts{});
  EXPECT_EQ(patient("birthDate.extension('http://a/b').value"), Texts{"1974-12-25T14:35:45-05:00"});
  EXPECT_EQ(patient("name.given.hasValue()"), Texts{"false"});
  EXPECT_EQ(patient("name.given.select(hasValue())"), (Texts{"true", "true", "false"}));
  EXPECT_EQ(patient("name.given.id"), Texts{"g2"});
  EXPECT_EQ(patient("contained.name"), Texts{"Ward"});
  EXPECT_EQ(patient("Resource.id = DomainResource.id"), Texts{"true"});
}

TEST_F(ExpressionTest, KnowsTypes) {
  EXPECT_EQ(patient("active.is(FHIR.boolean) and active.is(System.Boolean).not()"), Texts{"true"});
  EXPECT_EQ(patient("contained.where($this is Organization).id"), Texts{"o"});
  EXPECT_EQ(patient("contained.ofType(DomainResource).id"), Texts{"o"});
  EXPECT_EQ(patient("name.first() is HumanName and name.first() is Element"), Texts{"true"});
  EXPECT_EQ(patient("multipleBirth.type().name"), Texts{"integer"});
  EXPECT_THAT(patient("name is Humanname").front(), ::testing::HasSubstr("no type 'Humanname'"));
}

TEST_F(ExpressionTest, ReadsWordsOfItsOwnAsNamesWhereNamesStand) {
  const fhir::Json& set = read(
      R"({"resourceType":"ValueSet","status":"active","expansion":{"timestamp":"2020","contains":[{"code":"a","contains":[{"code":"b"}]}]}})");
  EXPECT_EQ(on(set, "expansion.contains.contains.code"), Texts{"b"});
  EXPECT_EQ(on(set, "expansion.repeat(contains).code"), (Texts{"a", "b"}));
  EXPECT_EQ(on(set, "expansion.contains.code contains 'a'"), Texts{"true"});
}

TEST_F(ExpressionTest, TellsWhereAnErrorIsAndWhatWasExpected) {
  const auto error = [](std::string_view text) { return Expression::compile(text).error().line(); };
  EXPECT_EQ(error("name."), "byte 5: The expression ends here, where a name should be");
  EXPECT_EQ(error("name given"), "byte 5: 'given' stands here, where an operator or the end should be");
  EXPECT_EQ(error("(1 + 2"), "byte 6: The expression ends here, where ')' should be");
  EXPECT_THAT(error("name.frist()"), ::testing::HasSubstr("byte 5: There is no function 'frist'"));
  EXPECT_THAT(error("where()"), ::testing::HasSubstr("where() takes 1 arguments, not 0"));
  EXPECT_THAT(error("'abc"), ::testing::HasSubstr("byte 0: A quote without an end"));
  EXPECT_THAT(error("'\\q'"), ::testing::HasSubstr("byte 1: An escape that there is not"));
  EXPECT_THAT(error("@2020-02-30"), ::testing::HasSubstr("no date or time"));
  EXPECT_THAT(error("a.matches('(')"), ::testing::HasSubstr("byte 10: The regular expression cannot be used"));
  EXPECT_THAT(error("2147483648"), ::testing::HasSubstr("An integer above 2147483647"));
}

TEST_F(ExpressionTest, StrictlyKnowsEveryName) {
  EXPECT_EQ(strict("name.where(use = 'official').given.first()"), Texts{"Li"});
  EXPECT_THAT(strict("name.gven").front(), ::testing::HasSubstr("byte 5: There is no element 'gven' in HumanName"));
  EXPECT_THAT(strict("multipleBirthInteger").front(),
              ::testing::HasSubstr("no element 'multipleBirthInteger' in Patient"));
  EXPECT_THAT(strict("name.where(usage = 'x')").front(), ::testing::HasSubstr("no element 'usage' in HumanName"));
  EXPECT_THAT(strict("Encounter.status").front(), ::testing::HasSubstr("no element 'Encounter' in Patient"));
  EXPECT_EQ(strict("contact.telecom.rank"), Texts{});
  EXPECT_EQ(strict("contained.anything"), Texts{});
  EXPECT_EQ(strict("name.trace('names', given).count()"), Texts{"2"});
  EXPECT_EQ(strict("name.iif(true, 1)").size(), 1u);
}

TEST_F(ExpressionTest, TellsOfTypesThatNeverAre) {
  const auto never = [](std::string_view text) {
    const auto compiled = Expression::compile(text, {.type = fhir::type("Patient"), .strict = true});
    EXPECT_TRUE(compiled) << text;
    return std::string(compiled->use().never);
  };
  EXPECT_EQ(never("birthDate as Quantity"), "byte 10: date is never of the type asked for");
  EXPECT_THAT(never("name.ofType(Period)"), ::testing::HasSubstr("HumanName is never"));
  EXPECT_THAT(never("birthDate.ofType(System.Date)"), ::testing::HasSubstr("date is never"));
  EXPECT_EQ(never("deceased as dateTime"), "");
  EXPECT_EQ(never("(1 | 'a').ofType(System.Integer)"), "");
  EXPECT_EQ(never("contained.ofType(Organization)"), "");
  EXPECT_EQ(strict("birthDate as Quantity"), Texts{}) << "the standard has it empty";
}

TEST_F(ExpressionTest, TellsWhatItNeedsAndGives) {
  const auto use = [](std::string_view text) {
    const auto compiled = Expression::compile(text, {.type = fhir::type("Patient"), .strict = true});
    EXPECT_TRUE(compiled) << text;
    const Use of = compiled->use();
    std::string told = of.known ? "" : "?";
    for (const fhir::Type* type : of.gives) told.append(told.empty() ? "" : " ").append(type->name);
    return told + "/" + std::to_string(of.values);
  };
  EXPECT_EQ(use("name.given"), "string/0");
  EXPECT_EQ(use("deceased"), "boolean dateTime/0");
  EXPECT_EQ(use("name.exists()"), "/1");
  EXPECT_EQ(use("active and gender = 'male'"), "/1");
  EXPECT_EQ(use("name.count()"), "/2");
  EXPECT_EQ(use("gender.upper()"), "/4");
  EXPECT_EQ(use("gender | name.count()"), "code/2");
  EXPECT_EQ(use("{}"), "/0");
  EXPECT_EQ(use("contained").front(), '?');
  const auto compiled = Expression::compile("name.where(use = %x).given.upper()", {.type = fhir::type("Patient")});
  const Use of = compiled->use();
  EXPECT_EQ(of.functions, (std::vector<std::string_view>{"where", "upper"}));
  EXPECT_EQ(of.variables, std::vector<std::string_view>{"x"});
  std::vector<std::string> members;
  for (const auto& [in, name] : of.members) members.push_back(std::string(in->name) + "." + std::string(name));
  std::sort(members.begin(), members.end());
  EXPECT_EQ(members, (std::vector<std::string>{"HumanName.given", "HumanName.use", "Patient.name"}));
}

TEST_F(ExpressionTest, TellsWhatCannotBeEvaluated) {
  EXPECT_EQ(patient("name.given + 'x'").front(),
            "Issue: byte 11: One item is wanted, and there are 3. Choose one with first(), single() or where()");
  EXPECT_THAT(patient("active + 1").front(),
              ::testing::HasSubstr("'+' is not defined for FHIR.boolean and System.Integer"));
  EXPECT_THAT(patient("active < birthDate").front(), ::testing::HasSubstr("FHIR.boolean and FHIR.date have no order"));
  EXPECT_THAT(patient("name.first().startsWith('a')").front(),
              ::testing::HasSubstr("A text is wanted, not FHIR.HumanName"));
  EXPECT_THAT(patient("%unknown").front(), ::testing::HasSubstr("There is no variable %unknown"));
}

TEST_F(ExpressionTest, DoesNotEvaluateWhatDoesNotMatter) {
  EXPECT_EQ(patient("active or name.given.single() = 'x'"), Texts{"true"});
  EXPECT_EQ(patient("active.not() and name.given.single() = 'x'"), Texts{"false"});
  EXPECT_EQ(patient("iif(active, 1, name.given.single())"), Texts{"1"});
}

TEST_F(ExpressionTest, HasVariablesGivenAndDefined) {
  const Item item = Item::of_integer(7);
  const Variable variables[]{{"seven", {&item, 1}}};
  context_.variables = variables;
  EXPECT_EQ(patient("%seven + 1"), Texts{"8"});
  EXPECT_EQ(patient("defineVariable('n', name.first().family).name.select(%n)"), (Texts{"Wang", "Wang"}));
  EXPECT_EQ(patient("name.defineVariable('first', given.first()).select(%first)").size(), 2u);
  EXPECT_THAT(patient("(defineVariable('n', 1).id | 'x') | %n").front(), ::testing::HasSubstr("no variable %n"));
  EXPECT_EQ(patient("%resource.id | %context.id | %rootResource.id"), Texts{"p"});
  EXPECT_EQ(patient("%`vs-marital-status`"), Texts{"http://hl7.org/fhir/ValueSet/marital-status"});
}

TEST_F(ExpressionTest, TakesTheTimeThatItIsGiven) {
  context_.now = Instant{1'700'000'000'123'000};
  context_.offset_minutes = 480;
  EXPECT_EQ(patient("now()"), Texts{"2023-11-15T06:13:20.123+08:00"});
  EXPECT_EQ(patient("today()"), Texts{"2023-11-15"});
  EXPECT_EQ(patient("timeOfDay()"), Texts{"06:13:20.123"});
  EXPECT_EQ(patient("now() = now()"), Texts{"true"});
}

TEST_F(ExpressionTest, CountsCharactersAndNotBytes) {
  EXPECT_EQ(value("'王丽娜'.length()"), Texts{"3"});
  EXPECT_EQ(value("'王丽娜'.substring(1, 1)"), Texts{"丽"});
  EXPECT_EQ(value("'王丽娜'.indexOf('娜')"), Texts{"2"});
  EXPECT_EQ(value("'王丽'.toChars()"), (Texts{"王", "丽"}));
  EXPECT_EQ(value("'王丽'.replace('', '-')"), Texts{"-王-丽-"});
  EXPECT_EQ(value("'王丽'.replaceMatches('x*', '-')"), Texts{"-王-丽-"});
  EXPECT_EQ(value(R"('\u738b\ud83d\ude00')"), Texts{"王😀"});
}

TEST_F(ExpressionTest, ReplacesByGroups) {
  EXPECT_EQ(value("'11/30/1972'.replaceMatches('(?<m>\\\\d+)/(?<d>\\\\d+)/(?<y>\\\\d+)', '${y}-${m}-${d}')"),
            Texts{"1972-11-30"});
  EXPECT_EQ(value("'ab'.replaceMatches('(a)(b)', '$2$1\\\\$1$3')"), Texts{"ba$1$3"});
}

TEST_F(ExpressionTest, TestsConditions) {
  const Node node = root_node(read(kPatient));
  const auto test = [&](std::string_view text) { return Expression::compile(text)->test(node, context_); };
  EXPECT_EQ(test("active").value(), std::optional(true));
  EXPECT_EQ(test("name.empty()").value(), std::optional(false));
  EXPECT_EQ(test("deceased").value(), std::nullopt);
  EXPECT_FALSE(test("name"));
  EXPECT_FALSE(test("id"));
}

TEST_F(ExpressionTest, CanBeEvaluatedByManyThreads) {
  const auto expression =
      Expression::compile("name.where(use = 'official').given.join('-')", {.type = fhir::type("Patient")});
  ASSERT_TRUE(expression);
  const fhir::Json& resource = read(kPatient);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 1000; ++n) {
        fhir::Arena arena;
        Context context{arena};
        EXPECT_EQ(texts(*expression, resource, context), Texts{"Li-Na"});
      }
    });
  }
  for (std::thread& each : threads) each.join();
}

}  // namespace
}  // namespace yilian::fhirpath
