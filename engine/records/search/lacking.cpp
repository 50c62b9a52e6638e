#include "engine/records/search/lacking.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "engine/records/custom/custom_parameters.h"
#include "engine/records/index/index_cursor.h"
#include "engine/records/index/key.h"
#include "engine/records/reindex.h"

namespace yilian::records {
namespace {

using Test = Condition::Test;

// What of a parameter's rows is not ready: a number, and whether those beside it are meant.
using IsLacking = std::function<bool(std::uint32_t number, bool beside)>;

bool lacks(const IsLacking& is_lacking, const Indexed& parameter, bool beside) {
  const auto lacking = [&](std::uint32_t number) { return is_lacking(number, beside); };
  if (std::any_of(parameter.numbers.begin(), parameter.numbers.end(), lacking)) return true;
  return std::any_of(parameter.composites.begin(), parameter.composites.end(), [&](const Composite& composite) {
    return (composite.number != 0 && lacking(composite.number)) ||
           std::any_of(composite.components.begin(), composite.components.end(),
                       [&](const Indexed& component) { return lacks(is_lacking, component, beside); });
  });
}

// The code of the first parameter that is not ready; empty: none.
std::string_view first_lacking(const IsLacking& is_lacking, const std::vector<Condition>& conditions) {
  for (const Condition& condition : conditions) {
    const bool beside = condition.test == Test::text || condition.test == Test::identifier;
    if (condition.parameter != nullptr && lacks(is_lacking, *condition.parameter, beside))
      return condition.parameter->code;
    for (const Indexed* way : condition.ways) {
      if (lacks(is_lacking, *way, false)) return way->code;
    }
    for (const Leg& leg : condition.legs) {
      if (const std::string_view code = first_lacking(is_lacking, leg.all_of); !code.empty()) return code;
    }
  }
  return {};
}

// `all`: what a _revinclude by every reference needs is lacking.
std::string_view first_lacking(const IsLacking& is_lacking, const SearchQuery& query, bool all) {
  for (const Leg& leg : query.of) {
    if (const std::string_view code = first_lacking(is_lacking, leg.all_of); !code.empty()) return code;
  }
  for (const Include& include : query.includes) {
    if (!include.reverse) continue;
    if (include.indexed.empty() && all) return "_revinclude";
    for (const Indexed* parameter : include.indexed) {
      if (lacks(is_lacking, *parameter, false)) return parameter->code;
    }
  }
  return {};
}

Failure not_ready(std::string_view code, int percent) {
  return fail(Code::busy, "the index is being made ready for it, " + std::to_string(percent) + " % are done",
              std::string(code), "Ask again in some minutes; GET /fhir/$reindex says how far it is");
}

// Of the resources on which a client's expression cannot be evaluated.
std::uint32_t failed_row(std::uint32_t number) { return (number & ~1U) + 2; }

bool has_any(database::Connection& reader, std::uint32_t number) {
  const std::string rows = parameter_key(number);
  for (IndexCursor at(reader, rows, after_all(rows)); at.there(); at.next()) {
    if (at.bits().set != 0) return true;
  }
  return false;
}

// Of what clients defined (custom/README.md).
Result<void> refuse_custom(database::Connection& reader, const SearchQuery& query) {
  auto& custom = reader.deferred<CustomParameters>();
  const auto& entries = custom.all(reader);
  if (entries.empty()) return {};
  const CustomParameters::Entry* waits = nullptr;
  const IsLacking is_indexing = [&](std::uint32_t number, bool) {
    if (code_of(number) < kFirstCustom) return false;
    const auto* entry = custom.find(reader, code_of(number));
    if (entry != nullptr && entry->state == CustomParameters::State::indexing) waits = entry;
    return waits != nullptr;
  };
  const bool references = std::any_of(entries.begin(), entries.end(), [&](const auto& entry) {
    const bool so = entry->definition.kind == Kind::reference && entry->state == CustomParameters::State::indexing;
    if (so) waits = entry.get();
    return so;
  });
  if (!references) waits = nullptr;
  const CustomParameters::Entry* const first = std::exchange(waits, nullptr);
  if (const std::string_view code = first_lacking(is_indexing, query, references); !code.empty())
    return not_ready(code, percent_of(reader, (waits != nullptr ? waits : first)->number));
  // Resources on which an expression cannot be evaluated: whether they are meant, nobody knows.
  const IsLacking cannot_be_told = [&](std::uint32_t number, bool) {
    return code_of(number) >= kFirstCustom && has_any(reader, failed_row(number));
  };
  if (const std::string_view code = first_lacking(cannot_be_told, query, false); !code.empty())
    return fail(Code::unsupported, "there are resources on which its expression cannot be evaluated", std::string(code),
                "Change the expression of its SearchParameter so that it holds for one, many and no values");
  return {};
}

}  // namespace

Result<void> refuse_lacking(database::Connection& reader, const SearchQuery& query) {
  const IndexState state = index_state(reader);
  if (!state.complete()) {
    const IsLacking of_the_program = [&](std::uint32_t number, bool beside) { return is_lacking(state, number, beside); };
    if (const std::string_view code = first_lacking(of_the_program, query, true); !code.empty())
      return not_ready(code, state.percent());
  }
  return refuse_custom(reader, query);
}

}  // namespace yilian::records
