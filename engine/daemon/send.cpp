#include <chrono>
#include <cstdio>

#include "adapters/mllp/client.h"
#include "engine/daemon/commands.h"
#include "engine/daemon/files.h"
#include "engine/daemon/settings.h"
#include "engine/hl7v2/message.h"

namespace yilian::daemon {
namespace {

// "AA", "CE", …: the answer's code; empty when it is no acknowledgement.
std::string code_of(std::string_view answer) {
  const auto read = hl7v2::read(answer, text::Charset::latin1);
  if (!read) return {};
  const std::size_t msa = read->message.find("MSA");
  return msa == hl7v2::Message::npos ? std::string() : std::string(read->message.field(msa, 1));
}

void print(std::string_view answer) {
  for (const char c : answer) std::putchar(c == '\r' ? '\n' : c);
  std::putchar('\n');
}

}  // namespace

int send(const SendOptions& options) {
  const std::string scheme = "mllp://";
  if (options.address.rfind(scheme, 0) != 0) {
    std::fprintf(stderr, "%s: this version sends to mllp://host:port only\n", options.address.c_str());
    return 2;
  }
  const auto endpoint = net::parse_endpoint(options.address.substr(scheme.size()));
  if (!endpoint) {
    tell({endpoint.error()});
    return 2;
  }
  bool accepted = true, failed = false;
  const bool read = for_each_message(options.files, [&](const std::string& place, std::string_view raw) {
    const auto answers = mllp::send_once(*endpoint, raw, std::chrono::seconds(options.timeout_seconds));
    if (!answers) {
      std::fprintf(stderr, "%s: %s\n", place.c_str(), answers.error().line().c_str());
      failed = true;
      return false;
    }
    if (answers->empty()) std::printf("(no answer was asked for)\n");
    for (const auto& answer : *answers) {
      const std::string code = code_of(answer);
      accepted = accepted && (code == "AA" || code == "CA");
      print(answer);
    }
    return true;
  });
  return failed ? 2 : read && accepted ? 0 : 1;
}

}  // namespace yilian::daemon
