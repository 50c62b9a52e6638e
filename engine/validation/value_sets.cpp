#include "engine/validation/value_sets.h"

#include <vector>

#include "engine/fhir/definitions.h"

namespace yilian::validation {
namespace {

using fhir::Json;

constexpr std::size_t kMostDepth = 20;       // value sets that name others, concepts below concepts
constexpr std::size_t kMostCodes = 200'000;  // of one value set

std::span<const Json> items_of(const Json& of, std::string_view name) {
  const Json* found = of.find(name);
  return found ? found->items() : std::span<const Json>();
}

std::string_view without_version(std::string_view canonical) { return canonical.substr(0, canonical.find('|')); }

void concepts(const Json& of, std::vector<std::string>& codes, std::size_t depth) {
  if (depth > kMostDepth) return;
  for (const Json& each : items_of(of, "concept")) {
    codes.emplace_back(each.text_at("code"));
    concepts(each, codes, depth + 1);
  }
}

}  // namespace

// R4's own: the lists that its required bindings carry.
ValueSets::ValueSets() {
  std::set<const fhir::Type*> seen;
  const std::function<void(const fhir::Type&)> walk = [&](const fhir::Type& type) {
    if (!seen.insert(&type).second) return;
    for (const fhir::Element& element : type.elements) {
      for (const fhir::Type* each : element.types) walk(*each);
      const std::size_t space = element.binding.find(' ');
      if (element.codes.empty() || space == std::string_view::npos) continue;
      Known& known = known_[std::string(element.binding.substr(space + 1))];
      if (!known.bare.empty()) continue;
      for (const std::string_view code : element.codes) {
        known.bare.emplace(code);
        for (const std::string_view system : element.systems)
          known.codes.insert({std::string(system), std::string(code)});
      }
    }
  };
  for (const fhir::Type* each : fhir::resource_types()) walk(*each);
}

void ValueSets::add(const Json& resource) {
  const std::string_view type = resource.text_at("resourceType");
  const std::string url(resource.text_at("url"));
  if (url.empty()) return;
  if (type == "CodeSystem" && resource.text_at("content") == "complete") {
    concepts(resource, systems_[url], 0);
  } else if (type == "ValueSet") {
    const Json* kept = fhir::copy(resource, memory_);
    drafts_[url] = Draft{kept->find("compose"), kept->find("expansion")};
  }
}

std::optional<ValueSets::Codes> ValueSets::part(const Json& part, std::size_t depth) {
  std::optional<Codes> codes;
  const std::string system(part.text_at("system"));
  if (!system.empty()) {
    codes.emplace();
    if (part.find("filter")) return std::nullopt;
    if (part.find("concept")) {
      for (const Json& each : items_of(part, "concept")) codes->insert({system, std::string(each.text_at("code"))});
    } else {
      const auto whole = systems_.find(system);
      if (whole == systems_.end()) return std::nullopt;
      for (const std::string& code : whole->second) codes->insert({system, code});
    }
  }
  for (const Json& each : items_of(part, "valueSet")) {
    auto other = listed(std::string(without_version(each.text())), depth + 1);
    if (!other) return std::nullopt;
    if (!codes) {
      codes = std::move(other);
    } else {
      std::erase_if(*codes, [&](const Code& code) { return !other->contains(code); });
    }
  }
  return codes;
}

std::optional<ValueSets::Codes> ValueSets::listed(const std::string& url, std::size_t depth) {
  if (depth > kMostDepth) return std::nullopt;
  const auto draft = drafts_.find(url);
  if (draft == drafts_.end()) {
    const auto known = known_.find(url);
    return known == known_.end() ? std::nullopt : std::optional(known->second.codes);
  }
  Codes codes;
  if (const Json* compose = draft->second.compose) {
    for (const Json& each : items_of(*compose, "include")) {
      const auto more = part(each, depth);
      if (!more || codes.size() + more->size() > kMostCodes) return std::nullopt;
      codes.insert(more->begin(), more->end());
    }
    for (const Json& each : items_of(*compose, "exclude")) {
      const auto less = part(each, depth);
      if (!less) return std::nullopt;
      for (const Code& code : *less) codes.erase(code);
    }
    return codes;
  }
  if (!draft->second.expansion || draft->second.expansion->find("parameter"))
    return std::nullopt;  // may be a part only
  for (const Json& each : items_of(*draft->second.expansion, "contains")) {
    if (each.find("contains")) return std::nullopt;
    codes.insert({std::string(each.text_at("system")), std::string(each.text_at("code"))});
  }
  return codes;
}

void ValueSets::finish() {
  for (const auto& [url, draft] : drafts_) {
    auto codes = listed(url, 0);
    if (!codes) continue;
    Known known;
    for (const Code& code : *codes) known.bare.insert(code.code);
    known.codes = std::move(*codes);
    known_[url] = std::move(known);
  }
  drafts_.clear();
}

std::optional<bool> ValueSets::contains(std::string_view value_set, std::string_view system,
                                        std::string_view code) const {
  value_set = without_version(value_set);
  if (const auto found = known_.find(value_set); found != known_.end()) {
    if (system.empty()) return found->second.bare.contains(code);
    return found->second.codes.contains(Code{std::string(system), std::string(code)});
  }
  return beyond_ ? beyond_(value_set, system, code) : std::nullopt;
}

}  // namespace yilian::validation
