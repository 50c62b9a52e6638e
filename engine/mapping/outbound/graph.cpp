#include "engine/mapping/outbound/graph.h"

#include <algorithm>

namespace yilian::mapping::outbound {
namespace {

constexpr std::size_t kMostResources = 50'000;

}  // namespace

Result<void> Graph::add(const fhir::Json& resource, std::string_view full_url) {
  const auto type_name = resource.text_at("resourceType");
  const fhir::Type* type = fhir::is_resource_type(type_name) ? fhir::type(type_name) : nullptr;
  const std::string where = full_url.empty() ? "entry " + std::to_string(resources_.size() + 1) : std::string(full_url);
  if (type == nullptr) return fail(Code::bad_structure, "no FHIR resource: resourceType is '" + std::string(type_name) + "'", where);
  if (resources_.size() >= kMostResources) return fail(Code::too_large, "more than 50,000 resources", where, "send fewer at a time");
  const auto id = resource.text_at("id");
  std::string name = std::string(type_name) + (id.empty() ? "" : "/" + std::string(id));
  const std::size_t at = resources_.size();
  if (!full_url.empty()) places_.emplace(full_url, at);
  if (!id.empty()) places_.emplace(name, at);
  if (id.empty() && !full_url.empty()) name = full_url;
  resources_.push_back({&resource, type, std::move(name)});
  return {};
}

void Graph::finish() {
  const std::size_t given = resources_.size();
  for (std::size_t i = 0; i < given; ++i) {
    const fhir::Json* contained = resources_[i].json->find("contained");
    if (contained == nullptr) continue;
    for (const auto& each : contained->items()) {
      const auto name = each.text_at("resourceType");
      if (!fhir::is_resource_type(name) || resources_.size() >= kMostResources) continue;
      contained_.emplace(&each, resources_.size());
      resources_.push_back({&each, fhir::type(name), resources_[i].name + "#" + std::string(each.text_at("id"))});
    }
  }
  for (std::size_t i = 0; i < given; ++i) {
    const fhir::Json* contained = resources_[i].json->find("contained");
    if (contained == nullptr) continue;
    for (const auto& each : contained->items()) {
      if (const auto at = contained_.find(&each); at != contained_.end()) resources_[at->second].outer = &resources_[i];
    }
  }
  for (const auto& each : resources_) refer(*each.json, each);
}

// Level by level; what read the text has bounded the depth.
void Graph::refer(const fhir::Json& json, const Resource& from) {
  if (json.is_object()) {
    if (json.find("reference") != nullptr) {
      if (const Resource* to = find(json, from); to != nullptr) {
        auto& list = referring_[to];
        if (list.empty() || list.back() != &from) list.push_back(&from);
      }
    }
    for (const auto& member : json.members()) {
      if (member.name != "contained") refer(member.value, from);
    }
  } else {
    for (const auto& item : json.items()) refer(item, from);
  }
}

const Resource* Graph::find(const fhir::Json& reference, const Resource& from) const {
  return find(reference.text_at("reference"), from);
}

const Resource* Graph::find(std::string_view text, const Resource& from) const {
  if (text.empty()) return nullptr;
  if (text[0] == '#') {
    const Resource& container = from.outer == nullptr ? from : *from.outer;
    if (text.size() == 1) return &container;
    const fhir::Json* contained = container.json->find("contained");
    if (contained == nullptr) return nullptr;
    for (const auto& each : contained->items()) {
      if (each.text_at("id") != text.substr(1)) continue;
      const auto at = contained_.find(&each);
      return at == contained_.end() ? nullptr : &resources_[at->second];
    }
    return nullptr;
  }
  if (const auto version = text.find("/_history/"); version != std::string_view::npos) text = text.substr(0, version);
  auto found = places_.find(std::string(text));
  if (found == places_.end() && text.find("://") != std::string_view::npos) {
    // The same server's absolute address: its last two parts.
    const auto id = text.rfind('/');
    const auto type = id == 0 || id == std::string_view::npos ? id : text.rfind('/', id - 1);
    if (type != std::string_view::npos) found = places_.find(std::string(text.substr(type + 1)));
  }
  return found == places_.end() ? nullptr : &resources_[found->second];
}

std::span<const Resource* const> Graph::referring(const Resource& to) const {
  const auto found = referring_.find(&to);
  return found == referring_.end() ? std::span<const Resource* const>() : std::span<const Resource* const>(found->second);
}

}  // namespace yilian::mapping::outbound
