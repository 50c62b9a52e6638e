#include "engine/api/admin_face.h"

#include "engine/api/admin_json.h"
#include "engine/api/outcome.h"
#include "engine/api/scope.h"
#include "engine/fhir/json.h"

namespace yilian::api {
namespace {

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    parts.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

// Whether the path has the pattern's form; what stands for {…} goes to `parts`.
bool fits(std::string_view pattern, const std::vector<std::string_view>& path, std::vector<std::string>& parts) {
  const auto wanted = split(pattern);
  if (wanted.size() != path.size()) return false;
  parts.clear();
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (wanted[i].starts_with("{")) parts.emplace_back(path[i]);
    else if (wanted[i] != path[i]) return false;
  }
  return true;
}

}  // namespace

const std::vector<AdminFace::Operation>& AdminFace::operations() {
  static const std::vector<Operation> list{
      {"GET", "status", &AdminFace::status},
      {"GET", "messages", &AdminFace::messages},
      {"GET", "messages/{number}", &AdminFace::message},
      {"GET", "messages/{number}/explain", &AdminFace::explain},
      {"GET", "messages/{number}/deliveries", &AdminFace::deliveries_of},
      {"POST", "messages/{number}/replay", &AdminFace::replay},
      {"GET", "replays", &AdminFace::replays},
      {"POST", "replays", &AdminFace::replay_many},
      {"POST", "replays/{number}/cancel", &AdminFace::cancel_replay},
      {"GET", "destinations", &AdminFace::destinations},
      {"POST", "destinations/{hospital}/{name}/pause", &AdminFace::pause},
      {"POST", "destinations/{hospital}/{name}/resume", &AdminFace::resume},
      {"POST", "destinations/{hospital}/{name}/retry", &AdminFace::retry_all},
      {"GET", "deliveries", &AdminFace::deliveries},
      {"POST", "deliveries/{number}/{hospital}/{name}/retry", &AdminFace::retry},
      {"POST", "deliveries/{number}/{hospital}/{name}/drop", &AdminFace::drop},
  };
  return list;
}

net::Response AdminFace::handle(const net::Request& request, std::string_view path) {
  if (auto allowed = hold_to_all(scope_of(request)); !allowed) return outcome(allowed.error());
  const auto parts = split(path);
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  Call call{request, {}};
  std::string offered;
  for (const Operation& operation : operations()) {
    if (!fits(operation.path, parts, call.parts)) continue;
    if (operation.method != method) {
      offered.append(offered.empty() ? "" : ", ").append(operation.method);
      continue;
    }
    auto body = (this->*operation.run)(call);
    if (!body) return outcome(body.error());
    net::Response response;
    response.headers.emplace_back("Content-Type", "application/json; charset=utf-8");
    response.headers.emplace_back("Cache-Control", "no-store");
    response.body = std::move(*body);
    return response;
  }
  if (!offered.empty()) return outcome(Issue{Code::not_allowed, Severity::error, "", request.method + " is not offered here", "offered: " + offered});
  std::string known;
  for (const Operation& operation : operations()) known.append(known.empty() ? "known: " : ", ").append(operation.method).append(" ").append(operation.path);
  return outcome(Issue{Code::not_found, Severity::error, "", "nothing is served at this address", known});
}

Result<std::string> AdminFace::status(const Call&) {
  std::string json = "{\"entrances\":[";
  bool first = true;
  for (const auto& each : alliance_.status()) {
    json.append(first ? "{\"adapter\":" : ",{\"adapter\":");
    first = false;
    fhir::write_json_string(each.adapter, json);
    member(json, "address", each.address);
    json.append(",\"feeds\":[");
    for (std::size_t i = 0; i < each.feeds.size(); ++i) {
      if (i > 0) json.push_back(',');
      fhir::write_json_string(each.feeds[i], json);
    }
    json.append("],\"stored\":").append(std::to_string(each.stored)).append(",\"duplicates\":").append(std::to_string(each.duplicate));
    json.append(",\"parkedOrRefused\":").append(std::to_string(each.parked_or_refused)).append(",\"noise\":").append(std::to_string(each.noise));
    json.append(",\"notKept\":").append(std::to_string(each.not_kept)).append("}");
  }
  const auto counters = database_.counters();
  json.append("],\"database\":{\"commits\":").append(std::to_string(counters.commits)).append(",\"tasks\":").append(std::to_string(counters.tasks));
  return json.append("}}");
}

}  // namespace yilian::api
