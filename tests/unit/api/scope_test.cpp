// What somebody who may see one patient gets of the FHIR face: nothing that tells what else is there.

#include "engine/api/scope.h"

#include <gtest/gtest.h>

#include <regex>

#include "engine/api/fhir_face.h"
#include "engine/journal/journal.h"
#include "engine/records/store.h"
#include "tests/unit/database/temporary.h"

namespace yilian::api {
namespace {

constexpr const char* kSecret = "Geheim";  // stands in all that lies outside

class ScopedFace : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = database::Database::open(folder_.file("store.db"), {journal::schema(), records::schema(), routing::schema()});
    ASSERT_TRUE(opened) << opened.error().line();
    database_ = std::move(*opened);
    alliance_.emplace(*database_, nullptr);
    face_.emplace(*database_, *alliance_, "1");
    for (const char* json :
         {R"({"resourceType":"Organization","id":"org","name":"County"})",
          R"({"resourceType":"Organization","id":"hid","name":"Geheim","meta":{"security":[{"code":"R"}]}})",
          R"({"resourceType":"Patient","id":"own","gender":"male","identifier":[{"system":"urn:n","value":"1"}]})",
          R"({"resourceType":"Patient","id":"hid","gender":"male","name":[{"family":"Geheim"}],"identifier":[{"system":"urn:n","value":"2"}],"meta":{"tag":[{"code":"Geheim"}]}})",
          R"({"resourceType":"Observation","id":"own","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/own"}})",
          R"({"resourceType":"Observation","id":"hid","status":"final","code":{"text":"Geheim"},"subject":{"reference":"Patient/hid"},"derivedFrom":[{"reference":"Observation/own"}]})",
          R"({"resourceType":"Observation","id":"both","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/own"},"focus":[{"reference":"Patient/hid"}]})",
          R"({"resourceType":"List","id":"hid","status":"current","mode":"working","title":"Geheim","subject":{"reference":"Patient/hid"},"entry":[{"item":{"reference":"Patient/own"}}]})",
          R"({"resourceType":"Observation","id":"gone","status":"final","code":{"text":"Geheim"},"subject":{"reference":"Patient/hid"}})"}) {
      const std::string text = json;
      const std::size_t type = text.find(":\"") + 2, id = text.find("\"id\":\"") + 6;
      const std::string path = text.substr(type, text.find('"', type) - type) + "/" + text.substr(id, text.find('"', id) - id);
      ASSERT_EQ(ask("PUT", path, text, records::Scope::all()).status, 201) << json;
    }
    ASSERT_EQ(ask("DELETE", "Observation/gone", "", records::Scope::all()).status, 204);
  }

  static records::Scope narrow() { return *records::Scope::of({.patients = {{"own"}}, .withheld = {{"", "R"}}}); }

  net::Response ask(const std::string& method, const std::string& address, const std::string& body, const records::Scope& scope,
                    const std::vector<std::pair<std::string, std::string>>& headers = {}) {
    net::Request request;
    request.method = method;
    request.target = "/fhir/" + address;
    const std::string path = address.substr(0, address.find('?'));
    request.path = "/fhir/" + path;
    if (path.size() < address.size()) request.query = *net::parse_query(address.substr(path.size() + 1));
    request.headers = {{"Host", "here"}, {"Content-Type", method == "PATCH" ? "application/json-patch+json" : "application/fhir+json"}};
    for (const auto& header : headers) request.headers.push_back(header);
    request.body = body;
    return face_->handle(request, scope, path);
  }
  net::Response ask(const std::string& method, const std::string& address, const std::string& body = {},
                    const std::vector<std::pair<std::string, std::string>>& headers = {}) {
    return ask(method, address, body, narrow(), headers);
  }
  static std::string entry(const std::string& method, const std::string& url, const std::string& resource = {}) {
    return R"({"request":{"method":")" + method + R"(","url":")" + url + "\"}" + (resource.empty() ? "" : ",\"resource\":" + resource) + "}";
  }
  net::Response bundle(const std::string& type, const std::string& entries) {
    return ask("POST", "", R"({"resourceType":"Bundle","type":")" + type + R"(","entry":[)" + entries + "]}");
  }

  // The answer with the one id in the place of the other.
  static std::string told(const net::Response& answer, const std::string& id, const std::string& as) {
    std::string out = std::to_string(answer.status) + "\n";
    for (const auto& [name, value] : answer.headers) out += name + ": " + value + "\n";
    out += answer.body;
    for (std::size_t at = 0; (at = out.find(id, at)) != std::string::npos; at += as.size()) out.replace(at, id.size(), as);
    // One was asked a moment later than the other.
    static const std::regex instant(R"(\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:\d\d))");
    return std::regex_replace(out, instant, "now");
  }

  testing::TemporaryFolder folder_;
  std::unique_ptr<database::Database> database_;
  std::optional<routing::Alliance> alliance_;
  std::optional<FhirFace> face_;
};

constexpr const char* kOwnObservation = R"({"resourceType":"Observation","status":"final","code":{"text":"y"},"subject":{"reference":"Patient/own"}})";
constexpr const char* kOthersObservation = R"({"resourceType":"Observation","status":"final","code":{"text":"y"},"subject":{"reference":"Patient/hid"}})";

std::string with_id(std::string json, const std::string& id) { return json.insert(1, "\"id\":\"" + id + "\","); }

TEST_F(ScopedFace, UntilThereAreUsersEverybodySeesEverything) {
  EXPECT_TRUE(scope_of({}).is_all());
  EXPECT_TRUE(hold_to_all(records::Scope::all()));
  EXPECT_EQ(hold_to_all(narrow()).error().code, Code::forbidden);
}

TEST_F(ScopedFace, AnIdThatIsTakenOutsideIsAnsweredAsOneThatIsFree) {
  const std::vector<std::pair<std::string, std::string>> none;
  const std::vector<std::pair<std::string, std::string>> matches{{"If-Match", "W/\"1\""}}, is_new{{"If-None-Match", "*"}};
  const std::string mine = with_id(kOwnObservation, "hid"), others = with_id(kOthersObservation, "hid");
  const std::string patch = R"([{"op":"replace","path":"/status","value":"amended"}])";
  const std::string meta = R"({"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{"tag":[{"code":"t"}]}}]})";
  struct Request {
    const char *method, *address;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
  };
  for (const auto& [method, address, body, headers] : std::vector<Request>{
           {"GET", "Observation/hid", "", none},
           {"HEAD", "Observation/hid", "", none},
           {"GET", "Observation/hid/_history/1", "", none},
           {"GET", "Observation/hid/_history/2", "", none},
           {"GET", "Observation/hid/_history", "", none},
           {"GET", "Observation/hid/$meta", "", none},
           {"GET", "Observation/hid/_history/1/$meta", "", none},
           {"POST", "Observation/hid/$meta-add", meta, none},
           {"POST", "Observation/hid/$meta-delete", meta, matches},
           {"POST", "Observation/hid/_history/1/$meta-add", meta, none},
           {"POST", "Observation/hid/_history/7/$meta-delete", meta, none},
           {"POST", "Observation/hid/$validate", "", none},
           {"PUT", "Observation/hid", mine, none},
           {"PUT", "Observation/hid", mine, matches},
           {"PUT", "Observation/hid", mine, is_new},
           {"PUT", "Observation/hid", others, none},
           {"PATCH", "Observation/hid", patch, none},
           {"PATCH", "Observation/hid", patch, matches},
           {"DELETE", "Observation/hid", "", none},
           {"DELETE", "Observation/hid", "", matches},
           {"GET", "Patient/hid/$everything", "", none},
           {"GET", "Patient/hid/Observation", "", none},
           {"GET", "Patient?_list=hid", "", none},
           {"GET", "_history?_list=hid", "", none},
           {"GET", "Observation?_id=hid", "", none},
           {"GET", "Patient?organization:below=Organization/hid", "", none},
           {"DELETE", "Observation?_id=hid", "", none},
           {"PATCH", "Observation?_id=hid", patch, none},
           {"PUT", "Observation?_id=hid", mine, none}}) {
    std::string free_address = address, free_body = body;
    for (std::string* text : {&free_address, &free_body}) {
      for (std::size_t at = 0; (at = text->find("hid", at)) != std::string::npos; at += 3)
        if (text->compare(at < 8 ? 0 : at - 8, 8, "Patient/") != 0 || text == &free_address) text->replace(at, 3, "fre");
    }
    const auto taken = ask(method, address, body, headers), free = ask(method, free_address, free_body, headers);
    EXPECT_EQ(told(taken, "hid", "fre"), told(free, "hid", "fre")) << method << " " << address;
    EXPECT_EQ(taken.body.find(kSecret), std::string::npos) << method << " " << address;
    if (std::string_view(method) == "PUT") {
      EXPECT_TRUE(taken.status == 405 || taken.status == 403 || taken.status == 412) << taken.status << taken.body;
    }
  }
  // Also one that was there, and that it was.
  for (const char* method : {"GET", "DELETE", "PUT"}) {
    const std::string body = std::string_view(method) == "PUT" ? with_id(kOwnObservation, "gone") : "";
    const std::string other = std::string_view(method) == "PUT" ? with_id(kOwnObservation, "free") : "";
    EXPECT_EQ(told(ask(method, "Observation/gone", body), "gone", "free"), told(ask(method, "Observation/free", other), "gone", "free")) << method;
  }
  // And nothing of it was done.
  EXPECT_NE(ask("GET", "Observation/hid", "", records::Scope::all()).body.find(kSecret), std::string::npos);
  EXPECT_EQ(ask("GET", "Observation/fre", "", records::Scope::all()).status, 404);
  EXPECT_EQ(ask("GET", "Observation/gone", "", records::Scope::all()).status, 410);
}

TEST_F(ScopedFace, NoAnswerSaysWhatLiesOutside) {
  const std::vector<std::string> addresses{
      "Patient", "Observation", "Observation?_include=*&_revinclude:iterate=*", "Observation?_include=Observation:focus", "Patient?_revinclude=*", "?_type=Patient,Observation,List", "_history",
      "Observation/_history", "Patient/_history", "Patient/$everything", "Patient/own/$everything", "Patient/own/*", "Observation/own/_history",
      "$meta", "Patient/$meta", "Organization?_sort=name", "List", "Patient?_has:Observation:focus:code:text=Geheim",
      "Observation?_filter=code%20co%20Geheim", "Observation?derived-from=Observation/own", "Observation?focus:Patient.name=Geheim"};
  std::string entries;
  for (const std::string& address : addresses) {
    const auto answer = ask("GET", address);
    const auto whole = ask("GET", address, "", records::Scope::all());
    for (const char* place : {kSecret, "Observation/hid", "List/hid", "Organization/hid"}) {
      // The question itself stands in the links.
      if (address.find(place) != std::string::npos) continue;
      EXPECT_EQ(answer.body.find(place), std::string::npos) << address << "\n" << answer.body;
    }
    EXPECT_TRUE(whole.status == 200) << address << whole.body;
    if (!address.starts_with('?')) entries += (entries.empty() ? "" : ",") + entry("GET", address);
  }
  // The same as entries of a batch, where those that are done as if alone have no user of their own.
  const auto answer = bundle("batch", entries);
  EXPECT_EQ(answer.status, 200);
  for (const char* place : {"Observation/hid", "List/hid", "Organization/hid", "\"family\":\"Geheim\"", "\"text\":\"Geheim\""})
    EXPECT_EQ(answer.body.find(place), std::string::npos) << place << answer.body;
  EXPECT_NE(answer.body.find("Observation/own"), std::string::npos);
  // And of a transaction, which the writer does.
  const auto together = bundle("transaction", entry("GET", "Patient/$everything") + "," + entry("GET", "Patient/own/$everything") + "," +
                                                  entry("GET", "$meta") + "," + entry("GET", "Observation/own/$meta"));
  EXPECT_EQ(together.status, 200) << together.body;
  for (const char* place : {"Observation/hid", "List/hid", "Organization/hid", kSecret}) EXPECT_EQ(together.body.find(place), std::string::npos) << place;
  EXPECT_NE(together.body.find("Observation/own"), std::string::npos);
  EXPECT_EQ(bundle("transaction", entry("GET", "Patient/hid/$everything")).status, 404);
}

TEST_F(ScopedFace, WhatConcernsAllRecordsIsForThoseWhoSeeThem) {
  for (const auto& [method, address] : std::vector<std::pair<const char*, const char*>>{
           {"GET", "Observation/own/$origin"}, {"GET", "$reindex"}, {"POST", "$reindex"}, {"POST", "$expunge"}, {"POST", "Observation/own/$expunge"}}) {
    EXPECT_EQ(ask(method, address).status, 403) << address;
    EXPECT_NE(bundle("batch", entry(method, address)).body.find("\"status\":\"403"), std::string::npos) << address;
  }
  EXPECT_EQ(ask("GET", "$reindex", "", records::Scope::all()).status, 200);
  // Seeing everything by a narrowing that says nothing is not the same.
  EXPECT_EQ(ask("GET", "$reindex", "", *records::Scope::of({})).status, 403);
}

TEST_F(ScopedFace, WhatWouldLieOutsideIsNotWritten) {
  EXPECT_EQ(ask("POST", "Observation", kOwnObservation).status, 201);
  EXPECT_EQ(ask("POST", "Observation", kOthersObservation).status, 403);
  EXPECT_EQ(ask("POST", "Patient", R"({"resourceType":"Patient"})").status, 403);
  EXPECT_EQ(ask("PUT", "Observation/own", with_id(kOthersObservation, "own")).status, 403);
  EXPECT_EQ(ask("PATCH", "Observation/own", R"([{"op":"replace","path":"/subject/reference","value":"Patient/hid"}])").status, 403);
  for (const char* address : {"Observation/own/$meta-add", "Observation/own/_history/1/$meta-add"}) {
    const std::string label = R"({"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{"security":[{"code":"R"}]}}]})";
    EXPECT_EQ(ask("POST", address, label).status, 403) << address;
    EXPECT_EQ(bundle("transaction", entry("POST", address, label)).status, 403) << address;
  }
  EXPECT_EQ(bundle("transaction", entry("POST", "Observation", kOwnObservation) + "," + entry("POST", "Observation", kOthersObservation)).status, 403);
  EXPECT_NE(ask("GET", "Observation?_summary=count&subject=Patient/own", "", records::Scope::all()).body.find("\"total\":3"), std::string::npos);
  EXPECT_NE(ask("GET", "Observation/own").body.find("\"versionId\":\"1\""), std::string::npos);
  EXPECT_EQ(ask("PUT", "Observation/own", with_id(kOwnObservation, "own")).status, 200);
  EXPECT_EQ(ask("DELETE", "Observation/own").status, 204);
  EXPECT_EQ(ask("GET", "Observation/own").status, 410);
  EXPECT_EQ(ask("PUT", "Observation/own", with_id(kOwnObservation, "own")).status, 201);  // that it was there is no secret
}

TEST_F(ScopedFace, ConditionsGoByWhatIsSeen) {
  const std::vector<std::pair<std::string, std::string>> unless_there{{"If-None-Exist", "code:text=Geheim"}};
  EXPECT_EQ(ask("POST", "Observation", kOwnObservation, unless_there).status, 201);
  EXPECT_EQ(ask("PUT", "Observation?code:text=Geheim", kOwnObservation).status, 201);  // an id of the server's
  EXPECT_EQ(ask("PUT", "Observation?code:text=Geheim", with_id(kOwnObservation, "mine")).status, 405);
  EXPECT_EQ(ask("DELETE", "Observation?code:text=Geheim").status, 204);
  EXPECT_EQ(ask("GET", "Observation/hid", "", records::Scope::all()).status, 200);
  const auto refers = [&](const std::string& number) {
    return bundle("transaction", entry("POST", "Observation",
                                       R"({"resourceType":"Observation","status":"final","code":{"text":"y"},"subject":{"reference":"Patient?identifier=urn:n|)" + number + "\"}}"));
  };
  EXPECT_EQ(refers("1").status, 200);
  EXPECT_EQ(refers("2").status, 412);
  EXPECT_EQ(told(refers("2"), "n|2", "n|3"), told(refers("3"), "n|2", "n|3"));
}

}  // namespace
}  // namespace yilian::api
