#include "engine/records/store.h"

#include "tests/unit/records/index_check.h"

namespace yilian::records {
namespace {

class Store : public StoreFixture {};

const char* const kPatient =
    R"({"resourceType":"Patient","id":"p1","meta":{"source":"urn:x"},"gender":"male","birthDate":"1980-01-02","name":[{"family":"张","given":["三"]}]})";

TEST_F(Store, ServesWhatWasPutWithVersionAndTime) {
  auto written = put(kPatient);
  ASSERT_TRUE(written) << written.error().line();
  EXPECT_EQ(written->outcome, Outcome::created);
  EXPECT_EQ(written->version, 1);
  auto got = read("Patient", "p1");
  ASSERT_TRUE(got) << got.error().line();
  EXPECT_EQ(
      got->body,
      R"({"resourceType":"Patient","id":"p1","meta":{"versionId":"1","lastUpdated":")" +
          fhir_instant(written->updated) +
          R"(","source":"urn:x"},"name":[{"family":"张","given":["三"]}],"gender":"male","birthDate":"1980-01-02"})");
  EXPECT_EQ(got->method, "PUT");
  EXPECT_EQ(got->updated, written->updated);
}

TEST_F(Store, AResourceWithNothingInIt) {
  ASSERT_TRUE(put(R"({"resourceType":"Patient","id":"e","meta":{"versionId":"7"}})"));
  auto got = read("Patient", "e");
  ASSERT_TRUE(got);
  EXPECT_EQ(got->body, R"({"resourceType":"Patient","id":"e","meta":{"versionId":"1","lastUpdated":")" +
                           fhir_instant(got->updated) + R"("}})");
}

TEST_F(Store, NumbersKeepTheirText) {
  ASSERT_TRUE(put(
      R"({"resourceType":"Observation","id":"o","status":"final","code":{"text":"K"},"valueQuantity":{"value":4.10}})"));
  EXPECT_NE(read("Observation", "o")->body.find("\"value\":4.10"), std::string::npos);
}

TEST_F(Store, TheSameAgainIsNoNewVersion) {
  ASSERT_TRUE(put(kPatient));
  auto again = put(kPatient);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->outcome, Outcome::unchanged);
  EXPECT_EQ(again->version, 1);
  // Nor is it with its members in another order.
  EXPECT_EQ(
      put(R"({"resourceType":"Patient","birthDate":"1980-01-02","id":"p1","gender":"male","name":[{"given":["三"],"family":"张"}],"meta":{"source":"urn:x"}})")
          ->version,
      1);
}

TEST_F(Store, UpdateKeepsTheFormerVersion) {
  ASSERT_TRUE(put(kPatient));
  auto second = put(R"({"resourceType":"Patient","id":"p1","gender":"female"})");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->outcome, Outcome::updated);
  EXPECT_EQ(second->version, 2);
  EXPECT_EQ(content("Patient", "p1"), R"({"gender":"female"})");
  database_->read([](database::Connection& reader) {
    auto first = read_version(reader, Scope::all(), "Patient", "p1", 1);
    EXPECT_TRUE(first && first->body.find("1980-01-02") != std::string::npos);
    EXPECT_TRUE(read_version(reader, Scope::all(), "Patient", "p1", 2));
    auto third = read_version(reader, Scope::all(), "Patient", "p1", 3);
    EXPECT_TRUE(!third && third.error().code == Code::not_found);
    return 0;
  });
  EXPECT_EQ(found("Patient", "gender", "male").size(), 0U);
  EXPECT_EQ(found("Patient", "gender", "female").size(), 1U);
  expect_index_is_exact();
}

TEST_F(Store, IfMatch) {
  ASSERT_TRUE(put(kPatient));
  auto stale = put(R"({"resourceType":"Patient","id":"p1","gender":"female"})", 3);
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().code, Code::version_conflict);
  EXPECT_TRUE(put(R"({"resourceType":"Patient","id":"p1","gender":"female"})", 1));
  EXPECT_FALSE(remove("Patient", "p1", 1));
  EXPECT_TRUE(remove("Patient", "p1", 2));
  EXPECT_FALSE(put(R"({"resourceType":"Patient","id":"none"})", 1));
}

TEST_F(Store, DeletedIsGoneAndComesBackAsANewVersion) {
  ASSERT_TRUE(put(kPatient));
  auto removed = remove("Patient", "p1");
  ASSERT_TRUE(removed);
  EXPECT_EQ(removed->version, 2);
  EXPECT_EQ(read("Patient", "p1").error().code, Code::gone);
  EXPECT_TRUE(found("Patient", "gender", "male").empty());
  EXPECT_TRUE(found("Patient", "_id", "p1").empty());
  expect_index_is_exact();
  EXPECT_EQ(remove("Patient", "p1")->outcome, Outcome::unchanged);
  auto back = put(kPatient);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->outcome, Outcome::created);
  EXPECT_EQ(back->version, 3);
  EXPECT_EQ(found("Patient", "gender", "male"), std::vector<std::string>{"p1"});
  expect_index_is_exact();
}

TEST_F(Store, WhatIsNotThere) {
  EXPECT_EQ(read("Patient", "nobody").error().code, Code::not_found);
  EXPECT_EQ(read("Unicorn", "x").error().code, Code::not_found);
  EXPECT_EQ(remove("Patient", "nobody").error().code, Code::not_found);
}

TEST_F(Store, CreateRefusesAnIdThatIsTaken) {
  ASSERT_TRUE(create(kPatient));
  auto again = create(kPatient);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::conflict);
  EXPECT_EQ(read("Patient", "p1")->method, "POST");
}

TEST_F(Store, PrepareRefusesWhatIsNoResource) {
  const auto code = [](const std::string& json) {
    fhir::Arena arena;
    auto prepared = prepare(**fhir::read_json(json, arena));
    return prepared ? std::optional<Code>() : prepared.error().code;
  };
  EXPECT_EQ(code(R"({"resourceType":"Unicorn","id":"x"})"), Code::bad_structure);
  EXPECT_EQ(code(R"({"id":"x"})"), Code::bad_structure);
  EXPECT_TRUE(code(R"({"resourceType":"Patient"})"));
  EXPECT_TRUE(code(R"({"resourceType":"Patient","id":"a b"})"));
  EXPECT_TRUE(code(R"({"resourceType":"Patient","id":"x","nonsense":1})"));
  EXPECT_TRUE(code(R"({"resourceType":"Patient","id":"x","birthDate":"yesterday"})"));
}

TEST_F(Store, WhatIsPreparedAgainIsKept) {
  fhir::Arena arena;
  fhir::Json* tree =
      *fhir::read_json(R"({"gender":"male","id":"i","resourceType":"Patient","meta":{"versionId":"9"}})", arena);
  auto prepared = prepare(*tree);
  ASSERT_TRUE(prepared) << prepared.error().line();
  ASSERT_TRUE(in_writer([&](database::Connection& writer) { return records::put(writer, Scope::all(), *prepared, {}, now_); }));
  EXPECT_EQ(content("Patient", "i"), R"({"gender":"male"})");
  // What comes a second time is kept, and the same again is that one, though it is another tree; another id is another
  // resource.
  const PreparedPtr second = ready(R"({"resourceType":"Patient","id":"i","gender":"male"})");
  EXPECT_EQ(ready(R"({"resourceType":"Patient","gender":"male","id":"i"})"), second);
  EXPECT_NE(ready(R"({"resourceType":"Patient","id":"j","gender":"male"})"), second);
  EXPECT_NE(ready(R"({"resourceType":"Patient","id":"i","gender":"female"})"), second);
}

TEST_F(Store, IdsOfAllShapes) {
  for (const std::string id : {"0123456789abcde", "x23456789abcdef", "f47ac10b-58cc-4372-a567-0e02b2c3d479",
                               "F47AC10B-58CC-4372-A567-0E02B2C3D479", "A.b-c", "1"}) {
    ASSERT_TRUE(put(R"({"resourceType":"Patient","id":")" + id + "\"}"));
    EXPECT_EQ(read("Patient", id)->id, id);
    EXPECT_EQ(found("Patient", "_id", id), std::vector<std::string>{id});
  }
  EXPECT_EQ(search("Patient", {})->total, 6);
}

TEST_F(Store, AFailedTaskLeavesNoIndexRows) {
  ASSERT_TRUE(put(kPatient));
  EXPECT_FALSE(database_->write([&](database::Connection& writer) -> Result<void> {
    YL_CHECK(records::put(writer, Scope::all(), ready(R"({"resourceType":"Patient","id":"p2","gender":"male"})"), {}, now_));
    return fail(Code::conflict, "no");
  }));
  EXPECT_EQ(found("Patient", "gender", "male"), std::vector<std::string>{"p1"});
  expect_index_is_exact();
}

TEST_F(Store, ManyVersionsInOneTransaction) {
  EXPECT_TRUE(database_->write([&](database::Connection& writer) -> Result<void> {
    for (int i = 0; i < 5; ++i) {
      for (const char* gender : {"male", "female", "male"}) {
        YL_CHECK(records::put(writer, Scope::all(),
                              ready(R"({"resourceType":"Patient","id":"p","gender":")" + std::string(gender) + "\"}"),
                              {}, now_ += 1000));
      }
      YL_CHECK(records::remove(writer, Scope::all(), "Patient", "p", {}, now_ += 1000));
    }
    YL_CHECK(records::put(writer, Scope::all(), ready(R"({"resourceType":"Patient","id":"p","gender":"other"})"), {}, now_ += 1000));
    return {};
  }));
  EXPECT_EQ(found("Patient", "gender", "other").size(), 1U);
  EXPECT_EQ(read("Patient", "p")->version, 21);
  expect_index_is_exact();
}

}  // namespace
}  // namespace yilian::records
