#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include "engine/daemon/files.h"
#include "engine/daemon/operator/layout.h"
#include "engine/daemon/operator/operator.h"

namespace yilian::daemon {
namespace {

// One line; in the order of the columns of `messages find`.
std::string line(const Console& console, const fhir::Json& message) {
  const std::string feed = message.text_at("feed").empty() ? "-" : std::string(message.text_at("hospital")) + "/" + std::string(message.text_at("feed"));
  const auto fixed = [](const std::string& text, std::size_t width) {
    const std::string shown = plain(text);
    return shown + std::string(width - std::min(width, width_of(shown)), ' ');
  };
  std::string out = console.moment(message, "received", message.text_at("hospital")) + "  " + fixed(std::to_string(number_at(message, "number")), 8) + "  " + fixed(feed, 24) + "  " + fixed(type_of(message), 8) + "  " +
                    fixed(std::string(message.text_at("controlId")), 20) + "  " + std::string(message.text_at("state"));
  if (const auto error = message.text_at("error"); !error.empty()) out.append("  ").append(plain(error));
  return out + "\n";
}

// What is newer than `after`, oldest first, told; gives the newest number, or what went wrong.
Result<std::int64_t> tell_newer(Console& console, const std::vector<std::pair<std::string, std::string>>& filter, std::int64_t after, bool json) {
  std::vector<std::string> lines;
  std::int64_t newest = after;
  for (std::string before;;) {
    auto parameters = filter;
    parameters.insert(parameters.end(), {{"after", std::to_string(after)}, {"count", "1000"}, {"before", before}});
    YL_TRY(const auto* answer, console.get("messages" + query_of(parameters)));
    if (before.empty()) newest = std::max(newest, number_at(*answer, "newest"));
    for (const fhir::Json& message : list_at(*answer, "messages").items()) lines.push_back(json ? fhir::write_json(message) + "\n" : line(console, message));
    const fhir::Json* next = answer->find("next");
    if (next == nullptr) break;
    before = std::string(next->text());
  }
  std::string out;
  for (auto each = lines.rbegin(); each != lines.rend(); ++each) out.append(*each);
  if (!put(out)) return fail(Code::storage, "nobody reads what is written");
  std::fflush(stdout);
  return newest;
}

}  // namespace

int tail(const Where& where, const MessageFilter& filter, double interval_seconds) {
  auto console = Console::open(where);
  if (!console) return failed(console.error());
  if (auto zones = (*console)->learn_zones(); !zones) return failed(zones.error());
  auto parameters = message_parameters(**console, filter);
  if (!parameters) return failed(parameters.error());
  // Those that were there already, as many as were asked for.
  std::int64_t after = 0;
  {
    auto first = *parameters;
    first.emplace_back("count", std::to_string(std::max<std::int64_t>(filter.count, 1)));
    const auto answer = (*console)->get("messages" + query_of(first));
    if (!answer) return failed(answer.error());
    const auto found = list_at(**answer, "messages").items();
    for (std::size_t i = filter.count > 0 ? found.size() : 0; i-- > 0;) put(where.json ? fhir::write_json(found[i]) + "\n" : line(**console, found[i]));
    std::fflush(stdout);
    after = number_at(**answer, "newest");
  }
  for (bool away = false;;) {
    std::this_thread::sleep_for(std::chrono::duration<double>(interval_seconds));
    (*console)->forget();
    const auto newest = tell_newer(**console, *parameters, after, where.json);
    if (newest) {
      after = *newest;
      away = false;
    } else if (newest.error().code != Code::busy && newest.error().code != Code::timeout) {
      return failed(newest.error());
    } else if (!away) {
      // A daemon that is started anew goes on with the same numbers.
      failed(newest.error());
      away = true;
    }
  }
}

}  // namespace yilian::daemon
