#include "engine/mapping/difference.h"

#include <algorithm>
#include <unordered_map>

namespace yilian::mapping {
namespace {

using fhir::Json;
using Kind = Difference::Kind;

class Comparison {
 public:
  std::vector<Difference> run(const Mapped& before, const Mapped& after) {
    std::unordered_map<std::string, const Made*> now;
    for (const Made& made : after.resources) now.emplace(name_of(made), &made);
    for (const Made& made : before.resources) {
      resource_ = name_of(made);
      if (const auto found = now.find(resource_); found != now.end()) {
        compare(*made.resource, *found->second->resource, {});
        now.erase(found);
      } else {
        found_.push_back({Kind::removed, resource_, {}, fhir::write_json(*made.resource), {}});
      }
    }
    for (const Made& made : after.resources) {
      if (now.contains(name_of(made)))
        found_.push_back({Kind::added, name_of(made), {}, {}, fhir::write_json(*made.resource)});
    }
    return std::move(found_);
  }

 private:
  static std::string name_of(const Made& made) { return std::string(made.type) + "/" + std::string(made.id); }

  void note(const std::string& element, const Json* before, const Json* after) {
    const Kind kind = before == nullptr ? Kind::added : after == nullptr ? Kind::removed : Kind::changed;
    found_.push_back({kind, resource_, element, before != nullptr ? fhir::write_json(*before) : std::string(),
                      after != nullptr ? fhir::write_json(*after) : std::string()});
  }

  void compare(const Json& before, const Json& after, const std::string& path) {
    if (before.is_object() && after.is_object()) {
      for (const fhir::Member& member : before.members()) {
        const std::string at = path.empty() ? std::string(member.name) : path + "." + std::string(member.name);
        if (const Json* now = after.find(member.name)) {
          compare(member.value, *now, at);
        } else {
          note(at, &member.value, nullptr);
        }
      }
      for (const fhir::Member& member : after.members()) {
        if (before.find(member.name) == nullptr)
          note(path.empty() ? std::string(member.name) : path + "." + std::string(member.name), nullptr, &member.value);
      }
    } else if (before.is_array() && after.is_array()) {
      for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
        const std::string at = path + "[" + std::to_string(i) + "]";
        if (i < before.size() && i < after.size()) {
          compare(before.items()[i], after.items()[i], at);
        } else {
          note(at, i < before.size() ? &before.items()[i] : nullptr, i < after.size() ? &after.items()[i] : nullptr);
        }
      }
    } else if (before.kind() != after.kind() || before.text() != after.text()) {
      note(path, &before, &after);
    }
  }

  std::string resource_;
  std::vector<Difference> found_;
};

}  // namespace

std::vector<Difference> differences(const Mapped& before, const Mapped& after) {
  return Comparison().run(before, after);
}

}  // namespace yilian::mapping
