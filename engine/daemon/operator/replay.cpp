#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <thread>

#include "engine/base/config.h"
#include "engine/daemon/files.h"
#include "engine/daemon/operator/layout.h"
#include "engine/daemon/operator/operator.h"

namespace yilian::daemon {
namespace {

std::string listed(const fhir::Json& list) {
  std::string out;
  for (const fhir::Json& each : list.items()) out.append(out.empty() ? "" : ", ").append(each.text());
  return out;
}

const fhir::Json* job(const fhir::Json& replays, std::int64_t number) {
  for (const fhir::Json& each : list_at(replays, "replays").items()) {
    if (number_at(each, "replay") == number) return &each;
  }
  return nullptr;
}

// Until it has ended; on a terminal one line is written over, else there is one at the end. It goes on in the daemon when this is broken off.
int follow(Console& console, std::int64_t number) {
  const bool screen = ::isatty(STDOUT_FILENO) == 1;
  for (;;) {
    const auto answer = console.get("replays");
    if (!answer) return failed(answer.error());
    const fhir::Json* const each = job(**answer, number);
    if (each == nullptr) return failed({Code::gone, Severity::error, "replay", "the daemon was started anew meanwhile", "`yilian messages find` shows which are replaced"});
    const std::string state(each->text_at("state"));
    const bool over = state != "running";
    if (screen || over) {
      std::printf("%s%lld of %lld, of which %lld could not be stored%s", screen ? "\r" : "", static_cast<long long>(number_at(*each, "done")), static_cast<long long>(number_at(*each, "wanted")),
                  static_cast<long long>(number_at(*each, "failed")), over ? ".\n" : "");
      std::fflush(stdout);
    }
    if (over) {
      if (state != "done") std::fprintf(stderr, "It was %s. %s\n", state.c_str(), std::string(each->text_at("error")).c_str());
      return state == "done" && number_at(*each, "failed") == 0 ? 0 : 1;
    }
    console.forget();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
}

}  // namespace

int replay_one(const Where& where, std::int64_t number, const std::string& edited) {
  auto console = Console::open(where);
  if (!console) return failed(console.error());
  std::string text;
  if (!edited.empty()) {
    auto read = config::read_bytes(edited);
    if (!read) return failed(read.error());
    text = std::move(*read);
    if (text.empty()) return failed({Code::bad_value, Severity::error, edited, "the file is empty", "`yilian messages show MESSAGE --raw` gives the text to edit"});
  }
  const auto answer = (*console)->post("messages/" + std::to_string(number) + "/replay", text);
  if (!answer) return failed(answer.error());
  const std::string error((*answer)->text_at("error"));
  if (where.json) {
    put((*console)->last_body() + "\n");
  } else if (error.empty()) {
    const std::string to = listed(list_at(**answer, "destinations"));
    std::printf("stored as message %lld%s\n", static_cast<long long>(number_at(**answer, "message")), to.empty() ? "; no route takes it" : ("; it goes to " + to).c_str());
  } else {
    std::printf("kept as message %lld, but not stored: %s\n", static_cast<long long>(number_at(**answer, "message")), error.c_str());
  }
  return error.empty() ? 0 : 1;
}

int replay_many(const Where& where, const MessageFilter& filter) {
  auto console = Console::open(where);
  if (!console) return failed(console.error());
  if (auto zones = (*console)->learn_zones(); !zones) return failed(zones.error());
  const auto parameters = message_parameters(**console, filter);
  if (!parameters) return failed(parameters.error());
  const auto answer = (*console)->post("replays" + query_of(*parameters));
  if (!answer) return failed(answer.error());
  if (where.json) return put((*console)->last_body() + "\n") ? 0 : 1;
  return follow(**console, number_at(**answer, "replay"));
}

}  // namespace yilian::daemon
