#include "engine/records/search/lacking.h"

#include <algorithm>

#include "engine/records/reindex.h"

namespace yilian::records {
namespace {

using Test = Condition::Test;

bool lacks(const IndexState& state, const Indexed& parameter, bool beside) {
  const auto lacking = [&](std::uint32_t number) { return is_lacking(state, number, beside); };
  if (std::any_of(parameter.numbers.begin(), parameter.numbers.end(), lacking)) return true;
  return std::any_of(parameter.composites.begin(), parameter.composites.end(), [&](const Composite& composite) {
    return (composite.number != 0 && lacking(composite.number)) ||
           std::any_of(composite.components.begin(), composite.components.end(),
                       [&](const Indexed& component) { return lacks(state, component, beside); });
  });
}

// The code of the first parameter that is not ready; empty: none.
std::string_view first_lacking(const IndexState& state, const std::vector<Condition>& conditions) {
  for (const Condition& condition : conditions) {
    const bool beside = condition.test == Test::text || condition.test == Test::identifier;
    if (condition.parameter != nullptr && lacks(state, *condition.parameter, beside)) return condition.parameter->code;
    for (const Indexed* way : condition.ways) {
      if (lacks(state, *way, false)) return way->code;
    }
    for (const Leg& leg : condition.legs) {
      if (const std::string_view code = first_lacking(state, leg.all_of); !code.empty()) return code;
    }
  }
  return {};
}

std::string_view first_lacking(const IndexState& state, const SearchQuery& query) {
  for (const Leg& leg : query.of) {
    if (const std::string_view code = first_lacking(state, leg.all_of); !code.empty()) return code;
  }
  for (const Include& include : query.includes) {
    if (!include.reverse) continue;
    if (include.indexed.empty()) return "_revinclude";
    for (const Indexed* parameter : include.indexed) {
      if (lacks(state, *parameter, false)) return parameter->code;
    }
  }
  return {};
}

}  // namespace

Result<void> refuse_lacking(database::Connection& reader, const SearchQuery& query) {
  const IndexState state = index_state(reader);
  if (state.complete()) return {};
  const std::string_view code = first_lacking(state, query);
  if (code.empty()) return {};
  return fail(Code::busy, "the index is being made ready for it, " + std::to_string(state.percent()) + " % are done",
              std::string(code), "Ask again in some minutes; GET /fhir/$reindex says how far it is");
}

}  // namespace yilian::records
