#include "engine/daemon/operator/console.h"

#include <charconv>
#include <cstdlib>

#include "engine/base/config.h"
#include "engine/daemon/files.h"
#include "engine/daemon/settings.h"
#include "engine/net/http.h"

namespace yilian::daemon {
namespace {

constexpr const char* kDefaultListen = "127.0.0.1:8080";

std::string surroundings(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

// An OperationOutcome's words; nothing when it is none.
std::optional<Issue> refusal(const fhir::Json& answer, int status) {
  const fhir::Json* issues = answer.find("issue");
  if (issues == nullptr || issues->size() == 0) return std::nullopt;
  return Issue{status == 404 ? Code::not_found : status == 409 ? Code::conflict : Code::bad_value, Severity::error, "", std::string(issues->items()[0].text_at("diagnostics")), ""};
}

}  // namespace

Result<std::unique_ptr<Console>> Console::open(const Where& where) {
  // What stands on the command line goes before what the surroundings say.
  const bool said = !where.url.empty() || !where.config.empty();
  const std::string url = said ? where.url : surroundings("YILIAN_URL");
  const std::string config = said || !url.empty() ? where.config : surroundings("YILIAN_CONFIG");
  if (!url.empty()) return std::unique_ptr<Console>(new Console(url, "yilian run --config FILE"));
  if (config.empty()) return std::unique_ptr<Console>(new Console(std::string("http://") + kDefaultListen, "yilian run --config FILE; or say which one: --config FILE or --url"));
  YL_TRY(const auto root, config::read_file(config));
  return std::unique_ptr<Console>(new Console("http://" + root["http"]["listen"].text_or(kDefaultListen), "yilian run --config " + config));
}

void Console::forget() { arena_ = std::make_unique<fhir::Arena>(); }

Result<const fhir::Json*> Console::ask(const std::string& method, const std::string& path, const std::string& text) {
  auto reply = client_.send(method, path.starts_with("/") ? path : "/admin/v1/" + path, text);
  if (!reply) {
    Issue issue = reply.error();
    if (issue.code == Code::busy) issue.cure = "The daemon does not run there. Start it: " + start_;
    return Failure(std::move(issue));
  }
  body_ = std::move(reply->body);
  auto read = fhir::read_json(body_, *arena_);
  if (!read) return fail(Code::bad_value, "what answers there is no Yilian (status " + std::to_string(reply->status) + ", no JSON)", url_, "Look at the address: --config FILE or --url");
  if (reply->status >= 400) {
    if (auto issue = refusal(**read, reply->status)) return Failure(std::move(*issue));
    return fail(Code::bad_value, "it answers with status " + std::to_string(reply->status), url_ + path);
  }
  return static_cast<const fhir::Json*>(*read);
}

Result<void> Console::learn_zones() {
  YL_TRY(const auto* answer, get("feeds"));
  for (const fhir::Json& feed : list_at(*answer, "feeds").items()) {
    const std::string hospital(feed.text_at("hospital"));
    if (first_hospital_.empty()) first_hospital_ = hospital;
    if (const auto zone = Zone::find(feed.text_at("zone"))) zones_.emplace(hospital, *zone);
  }
  return {};
}

const Zone& Console::zone(std::string_view hospital) const {
  const auto found = zones_.find(hospital.empty() ? std::string_view(first_hospital_) : hospital.substr(0, hospital.find('/')));
  return found != zones_.end() ? found->second : Zone::shanghai();
}

std::string Console::moment(const fhir::Json& json, std::string_view name, std::string_view hospital) const {
  const auto at = parse_instant(json.text_at(name));
  return at ? wall_clock(*at, zone(hospital)) : "";
}

std::string Console::ago(const fhir::Json& json, std::string_view name) const {
  const auto at = parse_instant(json.text_at(name));
  return at ? span_text(now() - *at) : "";
}

Result<std::string> Console::full_name(const char* kind, const std::string& written) {
  // What no name can be is not asked for: it would be another address.
  const bool is_name = written.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-/") == std::string::npos;
  if (is_name && written.find('/') != std::string::npos) return written;
  YL_TRY(const auto* answer, get(kind));
  const char* const member = std::string_view(kind) == "feeds" ? "feed" : "destination";
  std::vector<std::string> names, found;
  for (const fhir::Json& each : list_at(*answer, kind).items()) {
    names.emplace_back(each.text_at(member));
    if (names.back().ends_with("/" + written)) found.push_back(names.back());
  }
  if (found.size() == 1) return found.front();
  const auto& told = found.empty() ? names : found;
  std::string list;
  for (const std::string& name : told) list.append(list.empty() ? "" : ", ").append(name);
  return fail(Code::not_found, found.empty() ? "there is no " + std::string(member) + " '" + written + "'" : "several hospitals have a " + std::string(member) + " '" + written + "'", "", "these are there: " + list);
}

std::string query_of(const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::string out;
  for (const auto& [name, value] : parameters) {
    if (!value.empty()) out.append(out.empty() ? "?" : "&").append(name).append("=").append(net::percent_encode(value));
  }
  return out;
}

std::int64_t number_at(const fhir::Json& json, std::string_view name) {
  std::int64_t number = 0;
  const std::string_view text = json.text_at(name);
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

const fhir::Json& list_at(const fhir::Json& json, std::string_view name) {
  static const fhir::Json none;
  const fhir::Json* found = json.find(name);
  return found != nullptr ? *found : none;
}

std::string type_of(const fhir::Json& message) {
  std::string type(message.text_at("type"));
  if (const auto event = message.text_at("event"); !event.empty()) type.append("^").append(event);
  return type;
}

int change(const Where& where, const char* kind, const std::string& written, const char* verb, const std::function<std::string(const std::string& name, const fhir::Json& answer)>& told) {
  auto console = Console::open(where);
  if (!console) return failed(console.error());
  const auto name = (*console)->full_name(kind, written);
  if (!name) return failed(name.error());
  const auto answer = (*console)->post(std::string(kind) + "/" + *name + "/" + verb);
  if (!answer) return failed(answer.error());
  return put(where.json ? (*console)->last_body() + "\n" : told(*name, **answer)) ? 0 : 1;
}

int failed(const Issue& issue) {
  tell({issue});
  return issue.code == Code::busy || issue.code == Code::timeout ? 2 : 1;
}

}  // namespace yilian::daemon
