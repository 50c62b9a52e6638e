#include <algorithm>
#include <cstdio>

#include "engine/daemon/files.h"
#include "engine/daemon/operator/layout.h"
#include "engine/daemon/operator/operator.h"

namespace yilian::daemon {
namespace {

const char* heading(std::string_view severity) { return severity == "error" ? "STUCK  " : severity == "warning" ? "LOOK AT" : "note   "; }

std::string told(const Console& console, const fhir::Json& problem) {
  const std::string indent(9, ' ');
  const std::string_view name = problem.text_at("name");
  std::string out = std::string(heading(problem.text_at("severity"))) + "  " + std::string(problem.text_at("kind"));
  if (!name.empty()) out.append(" ").append(plain(name));
  if (const auto since = console.moment(problem, "since", name); !since.empty()) out.append(", since ").append(since).append(" (").append(console.ago(problem, "since")).append(")");
  out.append("\n");
  const std::size_t width = std::max<std::size_t>(40, terminal_width() - indent.size());
  for (const auto& line : folded(plain(problem.text_at("what")), width)) out.append(indent).append(line).append("\n");
  for (const auto& line : folded("do: " + plain(problem.text_at("cure")), width)) out.append(indent).append(line).append("\n");
  return out;
}

}  // namespace

int status(const Where& where) {
  auto console = Console::open(where);
  if (!console) return failed(console.error());
  Console& daemon = **console;
  const auto answer = daemon.get("status");
  if (!answer) return failed(answer.error());
  const auto& problems = list_at(**answer, "problems").items();
  const auto wrong = std::count_if(problems.begin(), problems.end(), [](const fhir::Json& each) { return each.text_at("severity") != "information"; });
  if (where.json) {
    put(daemon.last_body() + "\n");
    return wrong > 0 ? 1 : 0;
  }
  if (auto zones = daemon.learn_zones(); !zones) return failed(zones.error());
  std::string out = "Yilian " + std::string((*answer)->text_at("version")) + " at " + daemon.url() + ", running since " + daemon.moment(**answer, "began", "") + " (" + daemon.ago(**answer, "began") + ")\n\n";
  out.append(wrong == 0 ? "Nothing is wrong.\n" : wrong == 1 ? "One thing is wrong:\n" : std::to_string(wrong) + " things are wrong:\n");
  for (const fhir::Json& each : problems) out.append(told(daemon, each));
  const auto feeds = daemon.get("feeds");
  if (!feeds) return failed(feeds.error());
  const auto destinations = daemon.get("destinations");
  if (!destinations) return failed(destinations.error());
  out.append("\n").append(feeds_table(daemon, **feeds));
  if (list_at(**destinations, "destinations").size() > 0) out.append("\n").append(destinations_table(daemon, **destinations));
  put(out);
  return wrong > 0 ? 1 : 0;
}

}  // namespace yilian::daemon
