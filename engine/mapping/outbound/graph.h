#pragma once
// The resources of one run: found by what references say, and by what refers to them.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/result.h"
#include "engine/fhir/definitions.h"
#include "engine/fhir/json.h"

namespace yilian::mapping::outbound {

struct Resource {
  const fhir::Json* json;
  const fhir::Type* type;
  std::string name;                // "Observation/17", else the entry's fullUrl, else "Observation"
  const Resource* outer = nullptr;  // of a contained one
};

class Graph {
 public:
  // Errors: bad_structure for what is no resource, too_large.
  Result<void> add(const fhir::Json& resource, std::string_view full_url);
  void finish();  // after the last one: what refers to what

  std::span<const Resource> all() const { return resources_; }
  // What a Reference points to; nullptr when it is not here.
  const Resource* find(const fhir::Json& reference, const Resource& from) const;
  // The same for the text of one: "Patient/1", "#p", a URL.
  const Resource* find(std::string_view reference, const Resource& from) const;
  // The resources that hold a reference to `to` anywhere, in the order given.
  std::span<const Resource* const> referring(const Resource& to) const;

 private:
  void refer(const fhir::Json& json, const Resource& from);

  std::vector<Resource> resources_;
  std::vector<std::string> urls_;
  std::unordered_map<std::string, std::size_t> places_;  // fullUrl, Type/id
  std::unordered_map<const fhir::Json*, std::size_t> contained_;
  std::unordered_map<const Resource*, std::vector<const Resource*>> referring_;
};

}  // namespace yilian::mapping::outbound
