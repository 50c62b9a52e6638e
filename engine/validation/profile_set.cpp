#include "engine/validation/profile_set.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

namespace yilian::validation {
namespace {

namespace fs = std::filesystem;
using fhir::Json;

constexpr std::size_t kMostFileBytes = 64u << 20;
constexpr std::size_t kMostFiles = 20'000;

std::string_view without_version(std::string_view canonical) { return canonical.substr(0, canonical.find('|')); }

void collect(const Json& resource, std::vector<const Json*>& out) {
  if (resource.text_at("resourceType") != "Bundle") {
    out.push_back(&resource);
    return;
  }
  const Json* entries = resource.find("entry");
  for (const Json& entry : entries ? entries->items() : std::span<const Json>()) {
    if (const Json* inner = entry.find("resource"); inner && inner->text_at("resourceType") != "Bundle")
      out.push_back(inner);
  }
}

}  // namespace

const fhir::Type* base_type(std::string_view canonical) {
  constexpr std::string_view before = "http://hl7.org/fhir/StructureDefinition/";
  canonical = without_version(canonical);
  if (!canonical.starts_with(before)) return nullptr;
  return fhir::type(canonical.substr(before.size()));
}

std::vector<Issue> ProfileSet::load(const std::string& folder) {
  std::vector<Issue> issues;
  std::vector<std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->is_regular_file() && at->path().extension() == ".json") files.push_back(at->path().string());
    if (files.size() > kMostFiles)
      return {{Code::too_large, Severity::error, folder, "More than 20000 files", "Leave what is no profile out"}};
  }
  if (error) return {{Code::bad_config, Severity::error, folder, "The folder cannot be read: " + error.message(), {}}};
  std::ranges::sort(files);
  std::vector<std::unique_ptr<fhir::Arena>> arenas;
  std::vector<const Json*> resources;
  for (const std::string& file : files) {
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    arenas.push_back(std::make_unique<fhir::Arena>());
    const auto read = fhir::read_json(text, *arenas.back(), {.bytes = kMostFileBytes});
    if (!read) {
      Issue issue = read.error();
      issue.where = file + (issue.where.empty() ? "" : ", " + issue.where);
      issues.push_back(std::move(issue));
      continue;
    }
    collect(**read, resources);
  }
  std::vector<Issue> more = add(resources);
  issues.insert(issues.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return issues;
}

std::vector<Issue> ProfileSet::add(const std::vector<const Json*>& resources) {
  std::vector<Issue> issues;
  Waiting waiting;
  for (const Json* each : resources) {
    const std::string_view type = each->text_at("resourceType");
    if (type == "ValueSet" || type == "CodeSystem") value_sets_.add(*each);
    if (type != "StructureDefinition" || each->text_at("kind") == "logical") continue;
    // R4's own types are known; some profiles of others are called specializations by mistake.
    if (each->text_at("derivation") != "constraint" && base_type(each->text_at("url"))) continue;
    waiting[std::string(each->text_at("url"))] = each;
  }
  value_sets_.finish();
  while (!waiting.empty()) make(std::string(waiting.begin()->first), waiting, issues);
  return issues;
}

// Takes the profile out of `waiting` first: a circle of bases ends at the one that is under way.
void ProfileSet::make(const std::string& url, Waiting& waiting, std::vector<Issue>& issues) {
  const auto found = waiting.find(url);
  if (found == waiting.end()) return;
  const Json& definition = *found->second;
  waiting.erase(found);
  const std::string base(without_version(definition.text_at("baseDefinition")));
  const Profile* base_profile = nullptr;
  if (!base_type(base)) {
    make(base, waiting, issues);
    base_profile = find(base);
    if (!base_profile && !definition.find("snapshot")) {
      issues.push_back({Code::bad_config, Severity::error, url, "It is derived from " + base + ", which is not known",
                        "Put that profile beside it, or give it a snapshot"});
      return;
    }
  }
  auto made = read_profile(definition, base_profile);
  if (!made) {
    issues.push_back(std::move(made).error());
    return;
  }
  profiles_.insert_or_assign(made->url, std::move(*made));
}

const Profile* ProfileSet::find(std::string_view canonical) const {
  const auto found = profiles_.find(without_version(canonical));
  if (found == profiles_.end()) return nullptr;
  const std::size_t bar = canonical.find('|');
  if (bar == std::string_view::npos || found->second.version.empty() ||
      canonical.substr(bar + 1) == found->second.version)
    return &found->second;
  return nullptr;
}

}  // namespace yilian::validation
