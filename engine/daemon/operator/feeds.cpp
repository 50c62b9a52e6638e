#include "engine/daemon/files.h"
#include "engine/daemon/operator/layout.h"
#include "engine/daemon/operator/operator.h"

namespace yilian::daemon {

std::string feeds_table(const Console& console, const fhir::Json& feeds) {
  Table table({"FEED", "SYSTEM", "STATE", "LAST MESSAGE", "AGO", ">STORED", ">PARKED", ">REFUSED", "SENDER", "ADDRESS"});
  for (const fhir::Json& feed : list_at(feeds, "feeds").items()) {
    const std::string name(feed.text_at("feed"));
    const std::string last = console.moment(feed, "lastReceived", name);
    table.add({name, std::string(feed.text_at("system")), std::string(feed.text_at("state")), last.empty() ? "none since the start" : last, console.ago(feed, "lastReceived"),
               std::to_string(number_at(feed, "stored")), std::to_string(number_at(feed, "parked")), std::to_string(number_at(feed, "refused")), std::string(feed.text_at("sender")),
               std::string(feed.text_at("adapter")) + " " + std::string(feed.text_at("address"))});
  }
  return table.text();
}

int feeds_list(const Where& where) {
  auto console = Console::open(where);
  if (!console) return failed(console.error());
  const auto answer = (*console)->get("feeds");
  if (!answer) return failed(answer.error());
  if (where.json) return put((*console)->last_body() + "\n") ? 0 : 1;
  if (auto zones = (*console)->learn_zones(); !zones) return failed(zones.error());
  return put(feeds_table(**console, **answer)) ? 0 : 1;
}

int feeds_stop(const Where& where, const std::string& feed, bool stopped) {
  return change(where, "feeds", feed, stopped ? "stop" : "start", [stopped](const std::string& name, const fhir::Json&) {
    return stopped ? name + " is stopped, also after a restart. Its senders keep what they have; yilian feeds start " + name + " takes it again.\n" : name + " takes messages.\n";
  });
}

}  // namespace yilian::daemon
