// `yilian convert --to hl7v2`: Bundles to HL7 v2 messages, by the profile of a receiver.

#include <cstdio>
#include <string_view>
#include <vector>

#include "engine/daemon/commands.h"
#include "engine/daemon/files.h"
#include "engine/daemon/mappings.h"
#include "engine/daemon/settings.h"
#include "engine/mapping/outbound/outbound.h"

namespace yilian::daemon {
namespace {

namespace out = mapping::outbound;

// `outbound:` of a hospital's or a receiver's file, or the file itself.
Result<config::Node> profile(const std::string& file) {
  if (file.empty()) return config::Node();
  YL_TRY(const auto node, config::read_file(file));
  return node["outbound"] ? node["outbound"] : node;
}

// A file is one JSON text, or one a line (NDJSON).
std::vector<std::string_view> texts(std::string_view file) {
  const auto first = file.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (first == std::string_view::npos) return {};
  const auto line = file.find('\n', first);
  const bool lines = line != std::string_view::npos && file.find_last_of('}', line) != std::string_view::npos &&
                     file.find_first_not_of(" \t\r\n", line) != std::string_view::npos && file[file.find_first_not_of(" \t\r\n", line)] == '{' &&
                     file.find_last_not_of(" \t\r", line - 1) == file.find_last_of('}', line);
  if (!lines) return {file};
  std::vector<std::string_view> out;
  while (!file.empty()) {
    const auto end = file.find('\n');
    const auto text = file.substr(0, end);
    if (text.find_first_not_of(" \t\r") != std::string_view::npos) out.push_back(text);
    file = end == std::string_view::npos ? std::string_view() : file.substr(end + 1);
  }
  return out;
}

void tell_losses(const std::string& place, const std::vector<out::Loss>& losses) {
  for (const auto& loss : losses) {
    std::string line = place + ": lost: " + loss.resource;
    if (!loss.element.empty()) line += (line.ends_with(' ') ? "" : " ") + loss.element;
    if (!loss.value.empty()) line += " '" + loss.value + "'";
    std::fprintf(stderr, "%s: %s\n", line.c_str(), loss.why.c_str());
  }
}

void not_converted(const std::string& place, const Issue& issue) {
  std::fprintf(stderr, "%s: not converted: %s\n", place.c_str(), issue.line().c_str());
}

Result<out::Sent> one(std::string_view text, const out::Outbound& outbound, const out::How& how) {
  fhir::Arena arena;
  YL_TRY(const fhir::Json* json, fhir::read_json(text, arena));
  return outbound.run(*json, how);
}

}  // namespace

int convert_to_hl7v2(const ConvertOptions& options) {
  const auto library = out::Library::load(rules_to_hl7v2(options.mappings));
  if (!library) {
    tell(library.error());
    return 1;
  }
  const auto node = profile(options.profile);
  if (!node) {
    tell({node.error()});
    return 1;
  }
  const auto outbound = library->compile(*node);
  if (!outbound) {
    tell(outbound.error());
    return 1;
  }
  const out::How how{now(), options.message};
  bool all = true;
  const bool read = for_each_file(options.files, [&](const std::string& file, std::string_view text) {
    const auto bundles = texts(text);
    if (bundles.empty()) {
      std::fprintf(stderr, "%s: no Bundle in it\n", file.c_str());
      all = false;
    }
    for (std::size_t i = 0; i < bundles.size(); ++i) {
      const std::string place = file + " bundle " + std::to_string(i + 1);
      const auto sent = one(bundles[i], **outbound, how);
      if (!sent) {
        not_converted(place, sent.error());
        all = false;
        continue;
      }
      tell_losses(place, sent->losses);
      for (const auto& issue : sent->refused) not_converted(place, issue);
      all = all && sent->refused.empty();
      for (const auto& message : sent->messages) {
        if (!put(message.text)) return false;
      }
    }
    return true;
  });
  return std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && read && all ? 0 : 1;
}

}  // namespace yilian::daemon
