// `yilian convert --to hl7v2`: Bundles to HL7 v2 messages, by the profile of a receiver.

#include <cstdio>
#include <filesystem>
#include <string_view>
#include <vector>

#include "engine/daemon/commands.h"
#include "engine/daemon/files.h"
#include "engine/daemon/settings.h"
#include "engine/mapping/outbound/outbound.h"

namespace yilian::daemon {
namespace {

namespace out = mapping::outbound;

// The rules stand beside those of the other way, or in the folder that is given itself.
std::string rules(const std::string& given) {
  namespace fs = std::filesystem;
  const fs::path folder = given.empty() ? fs::path(default_mappings()) : fs::path(given);
  if (fs::is_directory(folder / "fhir-to-hl7v2")) return (folder / "fhir-to-hl7v2").string();
  if (fs::is_directory(folder / "messages") && folder.filename() != "hl7v2") return folder.string();
  return (folder.lexically_normal().parent_path() / "fhir-to-hl7v2").string();
}

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

Result<out::Sent> one(std::string_view text, const out::Outbound& outbound, const out::How& how) {
  fhir::Arena arena;
  YL_TRY(const fhir::Json* json, fhir::read_json(text, arena));
  return outbound.run(*json, how);
}

}  // namespace

int convert_to_hl7v2(const ConvertOptions& options) {
  const auto library = out::Library::load(rules(options.mappings));
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
  for (const auto& file : options.files) {
    const auto raw = read_whole(file);
    if (!raw) {
      tell({raw.error()});
      all = false;
      continue;
    }
    const auto bundles = texts(*raw);
    if (bundles.empty()) {
      std::fprintf(stderr, "%s: no Bundle in it\n", file.c_str());
      all = false;
    }
    for (std::size_t i = 0; i < bundles.size(); ++i) {
      const std::string place = file + " bundle " + std::to_string(i + 1);
      const auto sent = one(bundles[i], **outbound, how);
      if (!sent) {
        std::fprintf(stderr, "%s: not converted: %s\n", place.c_str(), sent.error().line().c_str());
        all = false;
        continue;
      }
      tell_losses(place, sent->losses);
      for (const auto& issue : sent->refused) {
        std::fprintf(stderr, "%s: not converted: %s\n", place.c_str(), issue.line().c_str());
        all = false;
      }
      for (const auto& message : sent->messages) {
        if (std::fwrite(message.text.data(), 1, message.text.size(), stdout) != message.text.size()) {
          std::fprintf(stderr, "standard output cannot be written\n");
          return 1;
        }
      }
    }
  }
  return std::fflush(stdout) == 0 && all ? 0 : 1;
}

}  // namespace yilian::daemon
