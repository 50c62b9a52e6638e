#include <chrono>
#include <cstdio>

#include "adapters/mllp/client.h"
#include "engine/daemon/commands.h"
#include "engine/daemon/files.h"
#include "engine/daemon/settings.h"
#include "engine/hl7v2/batch.h"
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
  bool all_accepted = true;
  for (const auto& file : options.files) {
    const auto raw = read_whole(file);
    if (!raw) {
      tell({raw.error()});
      all_accepted = false;
      continue;
    }
    const hl7v2::Batch batch = hl7v2::split(*raw);
    if (batch.messages.empty()) {
      std::fprintf(stderr, "%s: no message in it\n", file.c_str());
      all_accepted = false;
    }
    for (std::size_t i = 0; i < batch.messages.size(); ++i) {
      const auto answers = mllp::send_once(*endpoint, batch.messages[i], std::chrono::seconds(options.timeout_seconds));
      if (!answers) {
        std::fprintf(stderr, "%s message %zu: %s\n", file.c_str(), i + 1, answers.error().line().c_str());
        return 2;
      }
      if (answers->empty()) std::printf("(no answer was asked for)\n");
      for (const auto& answer : *answers) {
        const std::string code = code_of(answer);
        all_accepted = all_accepted && (code == "AA" || code == "CA");
        print(answer);
      }
    }
  }
  return all_accepted ? 0 : 1;
}

}  // namespace yilian::daemon
