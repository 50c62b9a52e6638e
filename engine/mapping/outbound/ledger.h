#pragma once
// Which values of the resources a message tells, and why others could not be told. What is in neither list has no place.

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/mapping/outbound/graph.h"
#include "engine/mapping/outbound/outbound.h"

namespace yilian::mapping::outbound {

class Ledger {
 public:
  void tell(const fhir::Json& value);        // with all below it
  void keep_out(const fhir::Json& value, const std::string& why);  // the first reason stays
  void cut(const fhir::Json& value, const std::string& why);  // told, but not all of it
  // `copy` is a value made of `original` (a coding put into another order): telling it tells the original.
  void stands_for(const fhir::Json& copy, const fhir::Json& original) { originals_.emplace(&copy, &original); }
  bool told(const fhir::Json& value) const { return told_.contains(&value); }

  // In the order of the resources and of their text; a part of which nothing was told is one loss.
  std::vector<Loss> losses(const Graph& graph, std::string_view otherwise) const;

 private:
  std::unordered_set<const fhir::Json*> told_;
  std::unordered_map<const fhir::Json*, std::string> reasons_;
  std::unordered_map<const fhir::Json*, std::string> cut_;
  std::unordered_multimap<const fhir::Json*, const fhir::Json*> originals_;
};

}  // namespace yilian::mapping::outbound
