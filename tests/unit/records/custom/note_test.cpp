// What becomes of the index when a SearchParameter is written, changed, retired, deleted, expunged.

#include "engine/records/expunge.h"
#include "tests/unit/records/custom/custom_fixture.h"

namespace yilian::records {
namespace {

using Ids = std::vector<std::string>;
using State = CustomParameters::State;

class NoteTest : public CustomFixture {
 protected:
  void SetUp() override {
    CustomFixture::SetUp();
    put(R"({"resourceType":"Patient","id":"a","maritalStatus":{"coding":[{"code":"M"}]},"gender":"male"})");
    put(R"({"resourceType":"Patient","id":"b","gender":"female"})");
  }
  std::string marital(const std::string& status = "active", const std::string& expression = "Patient.maritalStatus") {
    return parameter("p", "marital", "token", expression, R"("Patient")", {}, status);
  }
  void expect_gone() {
    EXPECT_EQ(refusal("Patient", {{"marital", "M"}}), Code::unsupported);
    finish();
    EXPECT_TRUE(progress().empty());
    expect_index_is_exact();
  }
};

TEST_F(NoteTest, RefusedUntilItIsReady) {
  define(marital());
  put(R"({"resourceType":"Patient","id":"c","maritalStatus":{"coding":[{"code":"M"}]}})");
  const auto refused = search("Patient", {{"marital", "M"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::busy);
  EXPECT_EQ(refused.error().where, "marital");
  EXPECT_NE(refused.error().what.find("0 %"), std::string::npos) << refused.error().what;
  for (const Parameters& asked : {Parameters{{"marital:not", "M"}}, Parameters{{"marital:missing", "true"}},
                                  Parameters{{"_filter", "marital eq M"}}})
    EXPECT_EQ(refusal("Patient", asked), Code::busy);
  EXPECT_EQ(refusal("Observation", {{"subject:Patient.marital", "M"}}), Code::busy);
  EXPECT_EQ(refusal("Practitioner", {{"_has:Patient:general-practitioner:marital", "M"}}), Code::busy);
  EXPECT_EQ(found("Patient", "gender", "male"), Ids{"a"}) << "others go on";
  finish();
  EXPECT_EQ(found("Patient", "marital", "M"), (Ids{"a", "c"}));
  expect_index_is_exact();
}

TEST_F(NoteTest, AReferenceThatIsNotReadyIsNotIncludedBy) {
  put(R"({"resourceType":"Practitioner","id":"d"})");
  define(parameter("p", "care", "reference", "Patient.generalPractitioner"));
  EXPECT_EQ(refusal("Practitioner", {{"_revinclude", "Patient:care"}}), Code::busy);
  EXPECT_EQ(refusal("Practitioner", {{"_revinclude", "*"}}), Code::busy);
  EXPECT_EQ(ids("Patient", {{"_id", "a"}, {"_include", "Patient:care"}}), Ids{"a"}) << "bodies say where it goes";
  finish();
  EXPECT_EQ(ids("Practitioner", {{"_revinclude", "*"}}), Ids{"d"});
}

TEST_F(NoteTest, WhereNothingIsStoredItIsReadyAtOnce) {
  define(parameter("p", "care", "token", "Person.gender", R"("Person")"));
  EXPECT_EQ(found("Person", "care", "male"), Ids{});
  EXPECT_EQ(progress().front().state, State::ready);
}

TEST_F(NoteTest, DraftsDoNotCount) {
  define(marital("draft"));
  EXPECT_TRUE(progress().empty());
  EXPECT_EQ(refusal("Patient", {{"marital", "M"}}), Code::unsupported);
  define(parameter("bad", "marital", "token", "Patient.(", R"("Patient")", {}, "draft"));
}

TEST_F(NoteTest, RetiredItGoesAway) {
  define(marital());
  finish();
  define(marital("retired"));
  expect_gone();
  define(marital());
  finish();
  EXPECT_EQ(found("Patient", "marital", "M"), Ids{"a"});
}

TEST_F(NoteTest, DeletedItGoesAwayAndComesBack) {
  define(marital());
  finish();
  ASSERT_TRUE(remove("SearchParameter", "p"));
  expect_gone();
  define(marital());
  finish();
  EXPECT_EQ(found("Patient", "marital", "M"), Ids{"a"});
  expect_index_is_exact();
}

TEST_F(NoteTest, ExpungedItGoesAway) {
  define(marital());
  finish();
  Expunge all{.type = "SearchParameter", .id = "p"};
  all.everything = true;
  ASSERT_TRUE(expunge(*database_, all, 100));
  EXPECT_EQ(refusal("Patient", {{"marital", "M"}}), Code::unsupported);
  finish();
  EXPECT_TRUE(progress().empty());
}

TEST_F(NoteTest, GoneWhileItIsIndexed) {
  define(marital());
  ASSERT_TRUE(remove("SearchParameter", "p"));
  put(R"({"resourceType":"Patient","id":"a","maritalStatus":{"coding":[{"code":"S"}]}})");
  expect_gone();
}

TEST_F(NoteTest, ChangedItIsIndexedAnew) {
  define(marital());
  finish();
  define(marital("active", "Patient.gender"));
  EXPECT_EQ(refusal("Patient", {{"marital", "male"}}), Code::busy);
  // What changes while the old rows are removed and the new ones added.
  put(R"({"resourceType":"Patient","id":"a","maritalStatus":{"coding":[{"code":"S"}]},"gender":"other"})");
  remove("Patient", "b");
  finish();
  EXPECT_EQ(found("Patient", "marital", "other"), Ids{"a"});
  EXPECT_EQ(found("Patient", "marital", "M"), Ids{});
  EXPECT_EQ(progress().size(), 1U);
  expect_index_is_exact();
  // Its other elements are not the index's.
  define(parameter("p", "marital", "token", "Patient.gender", R"("Patient")", R"(,"purpose":"x")"));
  EXPECT_EQ(found("Patient", "marital", "other"), Ids{"a"});
}

TEST_F(NoteTest, ABadDefinitionIsRefusedAndTheGoodOneStays) {
  define(marital());
  finish();
  const Issue issue = refused(marital("active", "Patient.colour"));
  EXPECT_EQ(issue.where, "SearchParameter.expression");
  EXPECT_EQ(read("SearchParameter", "p")->version, 1);
  EXPECT_EQ(found("Patient", "marital", "M"), Ids{"a"});
  const auto created = create(parameter("q", "colour", "token", "Patient.colour"));
  EXPECT_FALSE(created);
  EXPECT_FALSE(read("SearchParameter", "q"));
}

TEST_F(NoteTest, TheOthersOfATransactionThatFailsFailWithIt) {
  const auto refused = contribute_all({ready(marital()), ready(parameter("q", "x", "token", "Patient.colour"))}, now_);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(progress().empty());
  ASSERT_TRUE(contribute_all(
      {ready(marital()), ready(R"({"resourceType":"Patient","id":"m","maritalStatus":{"coding":[{"code":"M"}]}})")},
      now_));
  finish();
  EXPECT_EQ(found("Patient", "marital", "M"), (Ids{"a", "m"}));
  EXPECT_FALSE(contribute_all({ready(parameter("r", "sex", "token", "Patient.gender"))}, now_, true));
  EXPECT_EQ(progress().size(), 1U);
  expect_index_is_exact();
}

TEST_F(NoteTest, ACodeBelongsToOneOfAType) {
  define(marital());
  Issue issue = refused(parameter("q", "marital", "token", "Patient.gender"));
  EXPECT_EQ(issue.where, "SearchParameter.code");
  EXPECT_NE(issue.what.find("SearchParameter/p"), std::string::npos);
  issue = refused(parameter("q", "marital", "token", "Resource.language", R"("Resource")"));
  EXPECT_EQ(issue.where, "SearchParameter.code") << "Patient is one of them";
  issue = refused(parameter("q", "gender", "token", "Patient.gender"));
  EXPECT_NE(issue.what.find("standard"), std::string::npos) << issue.line();
  define(parameter("q", "marital", "token", "Person.gender", R"("Person")"));
  finish();
  EXPECT_EQ(found("Patient", "marital", "M"), Ids{"a"});
  // A transaction may take a code over once the other is retired in it.
  ASSERT_TRUE(contribute_all({ready(parameter("r", "sex", "token", "Patient.gender"))}, now_));
  define(marital("retired"));
  define(parameter("s", "marital", "token", "Patient.gender"));
  finish();
  EXPECT_EQ(found("Patient", "marital", "male"), Ids{"a"});
  expect_index_is_exact();
}

TEST_F(NoteTest, TheStandardsOwnDefinitionSaysNothingNew) {
  const fhir::SearchParameter& standard = *fhir::search_parameter("Patient", "birthdate");
  std::string json = parameter("individual-birthdate", "birthdate", "date",
                               "Patient.birthDate | Person.birthDate | RelatedPerson.birthDate",
                               R"("Patient","Person","RelatedPerson")");
  const std::string url = "http://example.org/individual-birthdate";
  json.replace(json.find(url), url.size(), standard.url);
  define(json);
  // What stands in no expression, or beside the content.
  const auto own = [&](const std::string& id, const std::string& code, const std::string& type,
                       const std::string& base) {
    std::string made = parameter(id, code, type, base + ".x", "\"" + base + "\"");
    return made.replace(made.find("http://example.org/"), 19, "http://hl7.org/fhir/SearchParameter/");
  };
  define(own("Location-near", "near", "special", "Location"));
  define(own("Resource-lastUpdated", "_lastUpdated", "date", "Resource"));
  EXPECT_EQ(refused(own("other-near", "near", "special", "Location")).where, "SearchParameter.type");
  EXPECT_EQ(refused(own("Resource-own", "_own", "token", "Resource")).where, "SearchParameter.code");
  EXPECT_TRUE(progress().empty());
}

TEST_F(NoteTest, PartsOfACompositeHaveToBeKnown) {
  const auto pair = [&](const std::string& url) {
    return parameter(
        "c", "pair", "composite", "Patient", R"("Patient")",
        R"(,"component":[{"definition":")" + url +
            R"(","expression":"maritalStatus"},{"definition":"http://hl7.org/fhir/SearchParameter/individual-gender","expression":"gender"}])");
  };
  const Issue issue = refused(pair("http://example.org/p"));
  EXPECT_EQ(issue.where, "SearchParameter.component[0].definition");
  define(marital());
  define(pair("http://example.org/p"));
  EXPECT_EQ(refusal("Patient", {{"pair", "M$male"}}), Code::busy) << "its part is not ready";
  finish();
  EXPECT_EQ(found("Patient", "pair", "M$male"), Ids{"a"});
  EXPECT_EQ(found("Patient", "pair", "M$female"), Ids{});
  define(marital("retired"));
  EXPECT_EQ(found("Patient", "pair", "M$male"), Ids{"a"}) << "it does not hang on the rows of its part";
}

// As a former version of the program left them: it kept SearchParameters, and passed over them.
TEST_F(NoteTest, WhatWasStoredBeforeIsSought) {
  define(marital());
  define(parameter("q", "sex", "token", "Patient.gender", R"("Patient")", {}, "draft"));
  ASSERT_TRUE(database_->write([](database::Connection& writer) -> Result<void> {
    writer.execute("DROP TABLE search_parameter");
    writer.execute("ALTER TABLE index_state DROP COLUMN parameters");
    writer.execute("ALTER TABLE index_state DROP COLUMN sought");
    writer.execute("ALTER TABLE index_state DROP COLUMN twice");
    writer.execute("UPDATE schema_part SET version = 5 WHERE part = 'records'");
    return {};
  }));
  database_.reset();
  open();
  EXPECT_EQ(refusal("Patient", {{"marital", "M"}}), Code::unsupported);
  finish();
  EXPECT_EQ(found("Patient", "marital", "M"), Ids{"a"});
  EXPECT_EQ(progress().size(), 1U);
  expect_index_is_exact();
  // A pass that is begun by hand looks again, and changes nothing of what counts already.
  ASSERT_TRUE(database_->write([](database::Connection& writer) -> Result<void> {
    start_reindex(writer);
    return {};
  }));
  EXPECT_EQ(found("Patient", "marital", "M"), Ids{"a"});
  finish();
  EXPECT_EQ(progress().size(), 1U);
  expect_index_is_exact();
}

TEST_F(NoteTest, ThereIsAMost) {
  std::vector<PreparedPtr> all;
  for (std::size_t i = 0; i < kMostCustom; ++i) {
    const std::string code = "c" + std::to_string(i);
    all.push_back(ready(parameter(code, code, "token", "Person.gender", R"("Person")")));
  }
  ASSERT_TRUE(contribute_all(all, now_));
  const Issue issue = refused(parameter("more", "more", "token", "Person.gender", R"("Person")"));
  EXPECT_NE(issue.what.find(std::to_string(kMostCustom)), std::string::npos) << issue.line();
  put(R"({"resourceType":"Person","id":"x","gender":"male"})");
  EXPECT_EQ(found("Person", "c7", "male"), Ids{"x"});
  remove("SearchParameter", "c7");
  define(parameter("more", "more", "token", "Person.gender", R"("Person")"));
  finish();
  EXPECT_EQ(found("Person", "more", "male"), Ids{"x"});
}

}  // namespace
}  // namespace yilian::records
