#include "engine/api/outcome.h"

#include "engine/fhir/json.h"

namespace yilian::api {

void OutcomeWriter::add(Severity severity, std::string_view type, std::string_view diagnostics, std::string_view where) {
  if (json_.back() == '}') json_.push_back(',');
  json_.append(R"({"severity":")").append(name(severity)).append(R"(","code":")").append(type).append(R"(","diagnostics":)");
  fhir::write_json_string(diagnostics, json_);
  if (!where.empty()) {
    json_.append(R"(,"expression":[)");
    fhir::write_json_string(where, json_);
    json_.push_back(']');
  }
  json_.push_back('}');
}

std::string outcome_json(const std::vector<Issue>& issues) {
  OutcomeWriter out;
  for (const Issue& issue : issues) {
    std::string text = issue.what;
    if (!issue.cure.empty()) text.append(". ").append(issue.cure);
    out.add(issue.severity, facts(issue.code).fhir, text.empty() ? facts(issue.code).name : text, issue.where);
  }
  return out.take();
}

std::string success_json(std::string_view what) {
  OutcomeWriter out;
  out.add(Severity::information, "informational", what, {});
  return out.take();
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
