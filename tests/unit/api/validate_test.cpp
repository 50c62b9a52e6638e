#include "engine/api/validate.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace yilian::api {
namespace {

class ValidateTest : public ::testing::Test {
 protected:
  fhir::Json& read(std::string text) {
    std::ranges::replace(text, '\'', '"');
    return **fhir::read_json(text, arena_);
  }
  std::string asked(std::string body, std::string query_name = "", std::string query_value = "") {
    std::ranges::replace(body, '\'', '"');
    net::Request request;
    request.method = "POST";
    request.body = std::move(body);
    if (!query_name.empty()) request.query.emplace_back(query_name, query_value);
    const auto answer = validate(request, settings_, "Patient", id_, stored_);
    return answer ? answer->body : answer.error().what;
  }
  std::string screened(const std::string& text) {
    fhir::Json& resource = read(text);
    findings_.clear();
    const auto done = screen(settings_, resource, arena_, &findings_);
    std::string out = done ? fhir::write_json(resource) : "refused: " + done.error().line();
    std::ranges::replace(out, '"', '\'');
    return out;
  }

  fhir::Arena arena_;
  ValidationSettings settings_;
  Findings findings_;
  std::string id_;
  const fhir::Json* stored_ = nullptr;
};

constexpr const char* kValid = "{'resourceType':'Patient','contact':[{'name':{'text':'x'}}]}";
constexpr const char* kInvalid = "{'resourceType':'Patient','contact':[{'gender':'male'}]}";
constexpr const char* kMarked =
    "{'resourceType':'Patient','contact':[{'gender':'male'}],'meta':{'tag':[{'system':'http://yilian.dev/fhir/"
    "CodeSystem/validation','code':'invalid'}]}}";

TEST_F(ValidateTest, AnswersWithAnOutcome) {
  EXPECT_NE(asked(kValid).find("\"information\""), std::string::npos);
  const std::string outcome = asked(kInvalid);
  EXPECT_NE(outcome.find("pat-1"), std::string::npos);
  EXPECT_NE(outcome.find("Patient.contact[0]"), std::string::npos);
}

TEST_F(ValidateTest, TakesParameters) {
  const std::string before =
      "{'resourceType':'Parameters','parameter':[{'name':'resource','resource':" + std::string(kValid) + "}";
  EXPECT_NE(asked(before + "]}").find("\"information\""), std::string::npos);
  EXPECT_NE(asked(before + ",{'name':'profile','valueUri':'http://a/unknown'}]}").find("http://a/unknown is not known"),
            std::string::npos);
  EXPECT_NE(asked(before + ",{'name':'mode','valueCode':'update'}]}").find("needs the id"), std::string::npos);
  EXPECT_NE(asked(before + ",{'name':'mode','valueCode':'x'}]}").find("no mode"), std::string::npos);
  EXPECT_NE(asked("{'resourceType':'Parameters','parameter':[]}").find("no resource"), std::string::npos);
}

TEST_F(ValidateTest, OfWhatIsStored) {
  id_ = "1";
  stored_ = &read(kInvalid);
  EXPECT_NE(asked("").find("pat-1"), std::string::npos);
  EXPECT_NE(asked("", "mode", "delete").find("\"information\""), std::string::npos);
  EXPECT_NE(asked("{'resourceType':'Patient','id':'2','active':true}").find("another than the address"),
            std::string::npos);
}

TEST_F(ValidateTest, AnotherTypeIsABadRequest) {
  EXPECT_NE(asked("{'resourceType':'Organization','name':'x'}").find("no Patient"), std::string::npos);
}

TEST_F(ValidateTest, MarksWhatIsNotValidAndTakesTheMarkAway) {
  settings_.mode = ValidationMode::mark;
  EXPECT_EQ(screened(kValid), kValid);
  EXPECT_EQ(screened(kInvalid), kMarked);
  ASSERT_EQ(findings_.size(), 1U);
  EXPECT_EQ(findings_.front().key, "pat-1");
  EXPECT_EQ(screened(kMarked), kMarked);
  std::string mended = kMarked;
  mended.replace(mended.find("'gender':'male'"), 15, "'name':{'text':'x'}");
  EXPECT_EQ(screened(mended), kValid);
}

TEST_F(ValidateTest, RefusesOrLooksAway) {
  settings_.mode = ValidationMode::refuse;
  EXPECT_EQ(screened(kValid), kValid);
  EXPECT_TRUE(screened(kInvalid).starts_with("refused: Patient.contact[0]: pat-1"));
  settings_.mode = ValidationMode::off;
  EXPECT_EQ(screened(kInvalid), kInvalid);
}

}  // namespace
}  // namespace yilian::api
