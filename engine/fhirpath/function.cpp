#include "engine/fhirpath/function.h"

#include <unordered_map>

namespace yilian::fhirpath {

const Function* find_function(std::string_view name) {
  static const auto* const table = [] {
    auto* made = new std::unordered_map<std::string_view, const Function*>;
    for (const auto functions : {existence_functions(), filter_functions(), subset_functions(), combine_functions(),
                                 string_functions(), pattern_functions(), math_functions(), boundary_functions(),
                                 convert_functions(), type_functions(), utility_functions(), fhir_functions()}) {
      for (const Function& each : functions) made->emplace(each.name, &each);
    }
    return made;
  }();
  const auto found = table->find(name);
  return found == table->end() ? nullptr : found->second;
}

}  // namespace yilian::fhirpath
