#include <cstdio>

#include "engine/daemon/files.h"
#include "engine/daemon/operator/layout.h"
#include "engine/daemon/operator/operator.h"

namespace yilian::daemon {
namespace {

std::string at_destination(std::int64_t number, const std::string& name, const char* verb) { return "deliveries/" + std::to_string(number) + "/" + name + "/" + verb; }

// One after the other; what cannot be done is told, and the rest is done.
int each_of(const Where& where, const std::string& destination, const std::vector<std::int64_t>& numbers, const char* verb, const char* done) {
  auto console = Console::open(where);
  if (!console) return failed(console.error());
  const auto name = (*console)->full_name("destinations", destination);
  if (!name) return failed(name.error());
  int code = 0;
  for (const std::int64_t number : numbers) {
    const auto answer = (*console)->post(at_destination(number, *name, verb));
    if (!answer) {
      code = std::max(code, failed(answer.error()));
      if (code == 2) break;
    } else if (where.json) {
      put((*console)->last_body() + "\n");
    } else {
      std::printf("message %lld: %s\n", static_cast<long long>(number), done);
    }
  }
  return code;
}

}  // namespace

int deadletters_list(const Where& where, const std::string& destination, std::int64_t count) {
  auto console = Console::open(where);
  if (!console) return failed(console.error());
  std::string name;
  if (!destination.empty()) {
    auto full = (*console)->full_name("destinations", destination);
    if (!full) return failed(full.error());
    name = std::move(*full);
  }
  const auto answer = (*console)->get("deliveries" + query_of({{"fate", "dead"}, {"destination", name}, {"count", std::to_string(count)}}));
  if (!answer) return failed(answer.error());
  if (where.json) return put((*console)->last_body() + "\n") ? 0 : 1;
  if (auto zones = (*console)->learn_zones(); !zones) return failed(zones.error());
  Table table({">MESSAGE", "DESTINATION", "FEED", "TYPE", "CONTROL ID", "RECEIVED", "GIVEN UP", ">ATTEMPTS", "WHY"});
  for (const fhir::Json& each : list_at(**answer, "deliveries").items()) {
    const std::string to(each.text_at("destination"));
    table.add({std::to_string(number_at(each, "message")), to, std::string(each.text_at("hospital")) + "/" + std::string(each.text_at("feed")), type_of(each), std::string(each.text_at("controlId")),
               (*console)->moment(each, "received", to), (*console)->moment(each, "last", to), std::to_string(number_at(each, "attempts")), std::string(each.text_at("error"))});
  }
  if (table.empty()) return put("There are no dead letters" + (name.empty() ? std::string() : " of " + name) + ".\n") ? 0 : 1;
  std::string out = table.text();
  if ((*answer)->find("next") != nullptr) out.append("\nThere may be more: --count\n");
  out.append("\nLook at one: yilian deadletters show MESSAGE; send again: yilian deadletters retry DESTINATION MESSAGE or --all; give up: yilian deadletters drop DESTINATION MESSAGE\n");
  return put(out) ? 0 : 1;
}

int deadletters_show(const Where& where, std::int64_t number) { return messages_show(where, {number, false, false}); }

int deadletters_retry(const Where& where, const std::string& destination, const std::vector<std::int64_t>& numbers, bool all) {
  if (!all) return each_of(where, destination, numbers, "retry", "is sent again");
  return change(where, "destinations", destination, "retry", [](const std::string& name, const fhir::Json& answer) {
    const std::int64_t count = number_at(answer, "count");
    return std::to_string(count) + (count == 1 ? " dead letter of " + name + " is sent again.\n" : " dead letters of " + name + " are sent again.\n");
  });
}

int deadletters_drop(const Where& where, const std::string& destination, const std::vector<std::int64_t>& numbers) {
  return each_of(where, destination, numbers, "drop", "is not sent any more; it stays in the journal");
}

}  // namespace yilian::daemon
