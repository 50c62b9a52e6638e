#include "engine/daemon/mappings.h"

#include <cstdlib>
#include <filesystem>

namespace yilian::daemon {
namespace {

namespace fs = std::filesystem;

std::string installed() {
  if (const char* named = std::getenv("YILIAN_MAPPINGS"); named != nullptr && *named != '\0') return named;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  for (const char* relative : {"../../../mappings/hl7v2", "../share/yilian/mappings/hl7v2"}) {
    const fs::path folder = (program.parent_path() / relative).lexically_normal();
    if (fs::is_directory(folder, error)) return folder.string();
  }
  return "mappings/hl7v2";
}

}  // namespace

std::string rules_to_fhir(const std::string& given) {
  if (given.empty()) return installed();
  const fs::path below = fs::path(given) / "hl7v2";
  return fs::is_directory(below) ? below.string() : given;
}

// They stand beside those of the other way.
std::string rules_to_hl7v2(const std::string& given) {
  const fs::path folder = given.empty() ? installed() : given;
  if (fs::is_directory(folder / "fhir-to-hl7v2")) return (folder / "fhir-to-hl7v2").string();
  const fs::path beside = folder.lexically_normal().parent_path() / "fhir-to-hl7v2";
  return folder.filename() == "hl7v2" ? beside.string() : folder.string();
}

tl::expected<std::shared_ptr<const mapping::Mapping>, std::vector<Issue>> load_mapping(const std::string& given) {
  auto library = mapping::Library::load(rules_to_fhir(given));
  if (!library) return tl::unexpected(library.error());
  return library->compile(config::Node());
}

mapping::Context plain_context(const std::string& feed) {
  mapping::Context context;
  context.hospital = "local";
  context.feed = feed;
  context.space = Uuid::named(root_space(), context.hospital);
  return context;
}

}  // namespace yilian::daemon
