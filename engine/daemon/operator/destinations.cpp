#include "engine/daemon/files.h"
#include "engine/daemon/operator/layout.h"
#include "engine/daemon/operator/operator.h"

namespace yilian::daemon {

std::string destinations_table(const Console& console, const fhir::Json& destinations) {
  Table table({"DESTINATION", "STATE", ">QUEUED", ">RETRYING", ">DEAD", ">DELIVERED", "OLDEST WAITING", "AGO", "NEXT TRY", "TO"});
  for (const fhir::Json& each : list_at(destinations, "destinations").items()) {
    const std::string name(each.text_at("destination"));
    const std::string_view state = each.text_at("state");
    table.add({name, std::string(state), std::to_string(number_at(each, "queued")), std::to_string(number_at(each, "retrying")), std::to_string(number_at(each, "dead")),
               std::to_string(number_at(each, "delivered")), console.moment(each, "oldestReceived", name), console.ago(each, "oldestReceived"), console.moment(each, "next", name),
               std::string(each.text_at("adapter")) + " " + std::string(each.text_at("to"))});
  }
  return table.text();
}

int destinations_list(const Where& where) {
  auto console = Console::open(where);
  if (!console) return failed(console.error());
  const auto answer = (*console)->get("destinations");
  if (!answer) return failed(answer.error());
  if (where.json) return put((*console)->last_body() + "\n") ? 0 : 1;
  if (auto zones = (*console)->learn_zones(); !zones) return failed(zones.error());
  std::string out = destinations_table(**console, **answer);
  if (list_at(**answer, "destinations").size() == 0) out = "No hospital has destinations. They are written in its file: docs/routing.md\n";
  for (const fhir::Json& each : list_at(**answer, "destinations").items()) {
    if (const auto error = each.text_at("error"); !error.empty()) out.append("\n").append(plain(each.text_at("destination"))).append(": ").append(plain(error)).append("\n");
  }
  return put(out) ? 0 : 1;
}

int destinations_pause(const Where& where, const std::string& destination, bool paused) {
  return change(where, "destinations", destination, paused ? "pause" : "resume", [paused](const std::string& name, const fhir::Json&) {
    return paused ? name + " is paused, also after a restart. Messages for it are kept; yilian destinations resume " + name + " sends them.\n" : name + " is sent to again.\n";
  });
}

}  // namespace yilian::daemon
