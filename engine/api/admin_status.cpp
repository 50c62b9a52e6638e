// The whole at a glance: what is wrong, what is open, how much there is.

#include "engine/api/admin_face.h"
#include "engine/api/admin_json.h"
#include "engine/api/problems.h"
#include "engine/fhir/json.h"

namespace yilian::api {

Result<std::string> AdminFace::status(const Call&) {
  YL_TRY(const auto destinations, alliance_.dispatcher().status());
  YL_TRY(const auto found, problems(database_, alliance_, destinations, data_folder_));
  std::string json = "{\"version\":";
  fhir::write_json_string(version_, json);
  moment(json, "now", now());
  moment(json, "began", alliance_.began());
  json.append(",\"problems\":[");
  for (std::size_t i = 0; i < found.size(); ++i) {
    json.append(i == 0 ? "{\"severity\":" : ",{\"severity\":");
    fhir::write_json_string(name(found[i].severity), json);
    member(json, "kind", found[i].kind);
    member(json, "name", found[i].name);
    moment(json, "since", found[i].since);
    member(json, "what", found[i].what);
    member(json, "cure", found[i].cure);
    json.append("}");
  }
  json.append("],\"entrances\":[");
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
    json.append("]");
    member(json, "stored", static_cast<std::int64_t>(each.stored));
    member(json, "duplicates", static_cast<std::int64_t>(each.duplicate));
    member(json, "parkedOrRefused", static_cast<std::int64_t>(each.parked_or_refused));
    member(json, "noise", static_cast<std::int64_t>(each.noise));
    member(json, "notKept", static_cast<std::int64_t>(each.not_kept));
    member(json, "turnedAway", static_cast<std::int64_t>(each.turned_away));
    json.append("}");
  }
  const auto counters = database_.counters();
  json.append("],\"database\":{\"commits\":").append(std::to_string(counters.commits));
  member(json, "tasks", static_cast<std::int64_t>(counters.tasks));
  member(json, "failedTasks", static_cast<std::int64_t>(counters.failed_tasks));
  member(json, "busyRefusals", static_cast<std::int64_t>(counters.busy_refusals));
  json.append("}");
  if (const Disk disk = disk_of(data_folder_); disk.size > 0) {
    json.append(",\"disk\":{\"size\":").append(std::to_string(disk.size));
    member(json, "free", static_cast<std::int64_t>(disk.free));
    json.append("}");
  }
  return json.append("}");
}

}  // namespace yilian::api
