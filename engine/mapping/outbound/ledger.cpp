#include "engine/mapping/outbound/ledger.h"

namespace yilian::mapping::outbound {
namespace {

constexpr std::size_t kMostLosses = 2'000;
constexpr std::size_t kShown = 60;

std::string shown(std::string_view text) {
  if (text.size() <= kShown) return std::string(text);
  std::size_t end = kShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

// What a server or the way of writing adds, no statement about the patient.
bool machinery(std::string_view name, const fhir::Json& value, bool top) {
  if (!top) return false;
  if (name == "resourceType" || name == "id" || name == "contained" || name == "implicitRules") return true;
  if (name == "text") return value.text_at("status") == "generated" || value.text_at("status") == "empty";
  return false;
}

class Collector {
 public:
  Collector(const std::unordered_set<const fhir::Json*>& told, const std::unordered_map<const fhir::Json*, std::string>& reasons,
            const std::unordered_map<const fhir::Json*, std::string>& cut, std::string_view otherwise)
      : told_(told), reasons_(reasons), cut_(cut), otherwise_(otherwise) {}

  void resource(const Resource& resource) {
    resource_ = &resource.name;
    any_ = false;
    std::vector<Loss> found;
    for (const auto& member : resource.json->members()) {
      if (machinery(member.name, member.value, true)) continue;
      if (member.name == "meta") {
        for (const auto& part : member.value.members()) {
          if (part.name == "versionId" || part.name == "lastUpdated" || part.name == "source" || part.name == "profile") continue;
          below(part.value, "meta." + std::string(part.name), found);
        }
        continue;
      }
      below(member.value, std::string(member.name), found);
    }
    if (!any_ && !found.empty()) {
      Loss whole{*resource_, "", "", found.front().why};
      for (const Loss& each : found) {
        if (each.why != otherwise_) whole.why = each.why;
      }
      found.assign(1, std::move(whole));
    }
    for (Loss& each : found) {
      if (losses_.size() < kMostLosses) {
        losses_.push_back(std::move(each));
      } else {
        ++more_;
      }
    }
  }

  std::vector<Loss> take() {
    if (more_ > 0) losses_.push_back({"", "", "", "and " + std::to_string(more_) + " more"});
    return std::move(losses_);
  }

 private:
  // Adds what is lost at and below a value; true when something there was told.
  bool below(const fhir::Json& value, const std::string& path, std::vector<Loss>& found) {
    if (told_.contains(&value)) {
      if (const auto part = cut_.find(&value); part != cut_.end()) found.push_back({*resource_, path, shown(value.text()), part->second});
      return any_ = true;
    }
    const std::size_t before = found.size();
    bool some = false;
    if (value.is_object()) {
      for (const auto& member : value.members()) some |= below(member.value, path + "." + std::string(member.name), found);
    } else if (value.is_array()) {
      std::size_t i = 0;
      for (const auto& item : value.items()) some |= below(item, path + "[" + std::to_string(i++) + "]", found);
    } else {
      if (value.kind() == fhir::Json::Kind::null) return false;
      const auto why = reasons_.find(&value);
      found.push_back({*resource_, path, shown(value.text()), why == reasons_.end() ? std::string(otherwise_) : why->second});
      return false;
    }
    // Nothing of it was told: one loss for the whole.
    if (!some && found.size() > before + 1) {
      Loss whole = std::move(found[before]);
      for (std::size_t i = before + 1; i < found.size(); ++i) {
        if (whole.why == otherwise_) whole.why = found[i].why;
      }
      found.resize(before);
      whole.element = path;
      found.push_back(std::move(whole));
    }
    return some;
  }

  const std::unordered_set<const fhir::Json*>& told_;
  const std::unordered_map<const fhir::Json*, std::string>& reasons_;
  const std::unordered_map<const fhir::Json*, std::string>& cut_;
  std::string_view otherwise_;
  const std::string* resource_ = nullptr;
  bool any_ = false;
  std::vector<Loss> losses_;
  std::size_t more_ = 0;
};

}  // namespace

void Ledger::tell(const fhir::Json& value) {
  told_.insert(&value);
  const auto originals = originals_.equal_range(&value);
  for (auto it = originals.first; it != originals.second; ++it) tell(*it->second);
  for (const auto& member : value.members()) tell(member.value);
  for (const auto& item : value.items()) tell(item);
}

void Ledger::cut(const fhir::Json& value, const std::string& why) { cut_.emplace(&value, why); }

void Ledger::keep_out(const fhir::Json& value, const std::string& why) {
  reasons_.emplace(&value, why);
  const auto originals = originals_.equal_range(&value);
  for (auto it = originals.first; it != originals.second; ++it) reasons_.emplace(it->second, why);
  for (const auto& member : value.members()) keep_out(member.value, why);
  for (const auto& item : value.items()) keep_out(item, why);
}

std::vector<Loss> Ledger::losses(const Graph& graph, std::string_view otherwise) const {
  Collector collector(told_, reasons_, cut_, otherwise);
  for (const Resource& each : graph.all()) collector.resource(each);
  return collector.take();
}

}  // namespace yilian::mapping::outbound
