#include "engine/api/outcome.h"

#include "engine/fhir/json.h"

namespace yilian::api {

std::string outcome_json(const std::vector<Issue>& issues) {
  std::string json = R"({"resourceType":"OperationOutcome","issue":[)";
  bool first = true;
  for (const Issue& issue : issues) {
    if (!first) json.push_back(',');
    first = false;
    json.append(R"({"severity":")").append(name(issue.severity)).append(R"(","code":")").append(facts(issue.code).fhir).append("\"");
    std::string text = issue.what;
    if (!issue.cure.empty()) text.append(". ").append(issue.cure);
    json.append(R"(,"diagnostics":)");
    fhir::write_json_string(text.empty() ? std::string_view(facts(issue.code).name) : std::string_view(text), json);
    if (!issue.where.empty()) {
      json.append(R"(,"expression":[)");
      fhir::write_json_string(issue.where, json);
      json.push_back(']');
    }
    json.push_back('}');
  }
  return json.append("]}");
}

std::string success_json(std::string_view what) {
  std::string json = R"({"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational","diagnostics":)";
  fhir::write_json_string(what, json);
  return json.append("}]}");
}

net::Response outcome(const std::vector<Issue>& issues) {
  net::Response response;
  response.status = issues.empty() ? 500 : facts(issues.front().code).http;
  response.headers.emplace_back("Content-Type", kFhirJson);
  response.body = outcome_json(issues);
  return response;
}

net::Response refusal(int status, std::string_view why) {
  Code code = Code::bad_syntax;
  std::string cure;
  switch (status) {
    case 404: code = Code::not_found; break;
    case 405: code = Code::not_allowed; break;
    case 408: code = Code::timeout; break;
    case 413: code = Code::too_large, cure = "send less at once, or raise http.max-body"; break;
    case 431: code = Code::too_large; break;
    case 500: code = Code::internal, cure = "the log of the service says more"; break;
    case 503: code = Code::busy, cure = "try again in a moment"; break;
    default: break;
  }
  net::Response response = outcome(Issue{code, Severity::error, "", std::string(why), std::move(cure)});
  response.status = status;
  return response;
}

}  // namespace yilian::api
