#pragma once
// An Issue as FHIR says it.

#include <vector>

#include "engine/base/issue.h"
#include "engine/net/http.h"

namespace yilian::api {

inline constexpr const char* kFhirJson = "application/fhir+json; charset=utf-8";

// An OperationOutcome, issue by issue.
class OutcomeWriter {
 public:
  // `type`: a code of issue-type. An empty `where` is left out.
  void add(Severity severity, std::string_view type, std::string_view diagnostics, std::string_view where);
  std::string take() { return json_ += "]}"; }

 private:
  std::string json_ = R"({"resourceType":"OperationOutcome","issue":[)";
};

std::string outcome_json(const std::vector<Issue>& issues);
// That all went well, or what happened (http.html#return: return=OperationOutcome).
std::string success_json(std::string_view what = "done");
// With the HTTP status of the first issue's code.
net::Response outcome(const std::vector<Issue>& issues);
inline net::Response outcome(const Issue& issue) { return outcome(std::vector<Issue>{issue}); }

// For refusals that the server gives before a face sees the request.
net::Response refusal(int status, std::string_view why);

}  // namespace yilian::api
