#include "engine/records/search/allowed.h"

#include <algorithm>
#include <array>

#include "engine/records/search/values.h"

namespace yilian::records {
namespace {

bool lists(const std::vector<std::string>& names, std::string_view name) {
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

Failure refused(std::string what, const std::string& where, const std::vector<std::string>& names) {
  std::string cure = "Its SearchParameter allows ";
  for (std::size_t i = 0; i < names.size(); ++i) cure.append(i > 0 ? ", " : "").append(names[i]);
  return fail(Code::unsupported, std::move(what), where, std::move(cure));
}

// As the code system search-modifier-code has it.
std::string_view code_of_modifier(std::string_view modifier) {
  if (modifier == "of-type") return "ofType";
  return fhir::is_resource_type(modifier) ? "type" : modifier;
}

// The one that a condition is about, also where its words have one each; nullptr: it is about none, or by _filter.
const Indexed* parameter_of(const Condition& condition) {
  using About = Condition::About;
  return condition.about == About::parameter || condition.about == About::any ? condition.parameter : nullptr;
}

}  // namespace

Result<void> check_allowed(const Condition& read, const Indexed& parameter, std::string_view modifier,
                           const std::string& value, const std::string& where) {
  if (parameter.allowed == nullptr) return {};
  const Allowed& allowed = *parameter.allowed;
  if (!modifier.empty() && !lists(allowed.modifiers, code_of_modifier(modifier)))
    return refused("the modifier ':" + std::string(modifier) + "' is not allowed", where, allowed.modifiers);
  if (!allowed.several_values && split_values(value).size() > 1)
    return fail(Code::unsupported, "several values are not allowed", where,
                "Ask for one; its SearchParameter says multipleOr false");
  static constexpr std::array<std::string_view, 9> prefixes{"eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"};
  for (const Alternative& asked : read.any_of) {
    const std::string_view prefix = prefixes[static_cast<std::size_t>(asked.prefix)];
    if (asked.prefix != Prefix::eq && !lists(allowed.comparators, prefix))
      return refused("the prefix '" + std::string(prefix) + "' is not allowed", where, allowed.comparators);
  }
  return {};
}

Result<void> check_chain_allowed(const Indexed& reference, std::string_view rest, const std::string& where) {
  if (reference.allowed == nullptr) return {};
  const std::string_view name = rest.substr(0, rest.find_first_of(":."));
  if (lists(reference.allowed->chains, name)) return {};
  return refused("'" + std::string(name) + "' may not follow its dot", where, reference.allowed->chains);
}

Result<void> check_repetition(const Condition& read, const std::vector<Condition>& before, const std::string& where) {
  const Indexed* parameter = parameter_of(read);
  if (parameter == nullptr || parameter->allowed == nullptr || parameter->allowed->repeated) return {};
  const bool again = std::any_of(before.begin(), before.end(),
                                 [parameter](const Condition& other) { return parameter_of(other) == parameter; });
  if (!again) return {};
  return fail(Code::unsupported, "is asked for more than once", where,
              "Ask once; its SearchParameter says multipleAnd false");
}

}  // namespace yilian::records
