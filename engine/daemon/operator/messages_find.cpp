#include <algorithm>
#include <cstdio>

#include "engine/daemon/files.h"
#include "engine/daemon/operator/layout.h"
#include "engine/daemon/operator/operator.h"

namespace yilian::daemon {
namespace {

constexpr std::size_t kMostPatients = 20;

// What a person calls a patient by: the store's own id, a number that a hospital gave, else a name.
Result<std::vector<std::string>> patients(Console& console, const std::string& written) {
  if (written.starts_with("Patient/")) return std::vector<std::string>{written};
  std::vector<std::string> found;
  for (const char* parameter : {"identifier", "name"}) {
    YL_TRY(const auto* bundle, console.get("/fhir/Patient" + query_of({{parameter, written}, {"_elements", "id"}, {"_count", std::to_string(kMostPatients + 1)}})));
    for (const fhir::Json& entry : list_at(*bundle, "entry").items()) {
      if (const fhir::Json* resource = entry.find("resource"); resource != nullptr && resource->text_at("resourceType") == "Patient") found.push_back("Patient/" + std::string(resource->text_at("id")));
    }
    if (!found.empty()) break;
  }
  if (found.empty()) return fail(Code::not_found, "no patient has the number or the name '" + written + "'", "--patient", "A number as the hospital writes it, a name, or Patient/ID");
  if (found.size() > kMostPatients) return fail(Code::bad_value, "more than 20 patients are called '" + written + "'", "--patient", "Say the number, or Patient/ID");
  return found;
}

std::string table_of(const Console& console, const std::vector<const fhir::Json*>& messages) {
  Table table({">MESSAGE", "RECEIVED", "FEED", "TYPE", "CONTROL ID", "STATE", "PATIENT", "WHAT"});
  for (const fhir::Json* each : messages) {
    const std::string feed = each->text_at("feed").empty() ? "-" : std::string(each->text_at("hospital")) + "/" + std::string(each->text_at("feed"));
    table.add({std::to_string(number_at(*each, "number")), console.moment(*each, "received", each->text_at("hospital")), feed, type_of(*each), std::string(each->text_at("controlId")),
               std::string(each->text_at("state")), std::string(each->text_at("patient")), std::string(each->text_at("error"))});
  }
  return table.text();
}

}  // namespace

Result<std::vector<std::pair<std::string, std::string>>> message_parameters(const Console& console, const MessageFilter& filter) {
  std::vector<std::pair<std::string, std::string>> out{{"type", filter.type}, {"state", filter.state}, {"controlId", filter.control_id}, {"content", filter.content}};
  // "hospital/feed", as everything else names them.
  const std::size_t slash = filter.feed.find('/');
  const std::string hospital = slash == std::string::npos ? filter.hospital : filter.feed.substr(0, slash);
  out.emplace_back("hospital", hospital);
  out.emplace_back("feed", slash == std::string::npos ? filter.feed : filter.feed.substr(slash + 1));
  for (const auto& [name, written] : {std::pair{"from", filter.from}, std::pair{"to", filter.to}}) {
    if (written.empty()) continue;
    const auto moment = moment_from(written, console.zone(hospital), now());
    if (!moment) return fail(Code::bad_value, "'" + written + "' is no moment", "--" + std::string(name), "2026-11-24, \"2026-11-24 08:30\", today, or 30m, 2h, 3d ago");
    out.emplace_back(name, fhir_instant(*moment));
  }
  return out;
}

int messages_find(const Where& where, const MessageFilter& filter) {
  auto console = Console::open(where);
  if (!console) return failed(console.error());
  Console& daemon = **console;
  if (auto zones = daemon.learn_zones(); !zones) return failed(zones.error());
  auto parameters = message_parameters(daemon, filter);
  if (!parameters) return failed(parameters.error());
  parameters->emplace_back("count", std::to_string(filter.count));
  if (filter.before > 0) parameters->emplace_back("before", std::to_string(filter.before));
  std::vector<std::string> of{""};
  if (!filter.patient.empty()) {
    auto named = patients(daemon, filter.patient);
    if (!named) return failed(named.error());
    of = std::move(*named);
  }
  std::vector<const fhir::Json*> found;
  bool more = false;
  for (const std::string& patient : of) {
    auto asked = *parameters;
    asked.emplace_back("patient", patient);
    const auto answer = daemon.get("messages" + query_of(asked));
    if (!answer) return failed(answer.error());
    for (const fhir::Json& each : list_at(**answer, "messages").items()) found.push_back(&each);
    more = more || (*answer)->find("next") != nullptr;
  }
  std::sort(found.begin(), found.end(), [](const fhir::Json* a, const fhir::Json* b) { return number_at(*a, "number") > number_at(*b, "number"); });
  if (found.size() > static_cast<std::size_t>(filter.count)) {
    found.resize(static_cast<std::size_t>(filter.count));
    more = true;
  }
  std::string out;
  if (where.json) {
    for (const fhir::Json* each : found) out.append(fhir::write_json(*each)).append("\n");
  } else if (found.empty()) {
    out = "No message fits.\n";
  } else {
    out = table_of(daemon, found);
    if (more) out.append("\nOlder ones: --before ").append(std::to_string(number_at(*found.back(), "number"))).append("\n");
  }
  return put(out) ? 0 : 1;
}

}  // namespace yilian::daemon
