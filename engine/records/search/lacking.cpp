#include "engine/records/search/lacking.h"

#include <algorithm>
#include <functional>

#include "engine/records/custom/custom_parameters.h"
#include "engine/records/reindex.h"
#include "engine/records/search/word_index.h"

namespace yilian::records {
namespace {

using Test = Condition::Test;

// What of a parameter's rows is not ready: a number, and whether those beside it are meant.
using IsLacking = std::function<bool(std::uint32_t number, bool beside)>;

bool lacks(const IsLacking& is_lacking, const Indexed& parameter, bool beside) {
  const auto lacking = [&](std::uint32_t number) {
    const std::uint32_t ends = parameter.kind == Kind::date ? ends_row(number) : 0;
    return is_lacking(number, beside) || (ends != 0 && is_lacking(ends, false));
  };
  if (std::any_of(parameter.numbers.begin(), parameter.numbers.end(), lacking)) return true;
  return std::any_of(parameter.composites.begin(), parameter.composites.end(), [&](const Composite& composite) {
    return (composite.number != 0 && lacking(composite.number)) ||
           std::any_of(composite.components.begin(), composite.components.end(),
                       [&](const Indexed& component) { return lacks(is_lacking, component, beside); });
  });
}

// Of a search for words in some type's resources.
bool lacks_words(const IsLacking& is_lacking, const Condition& condition) {
  if (condition.about != Condition::About::narrative && condition.about != Condition::About::content) return false;
  const auto numbers = word_rows(0, condition.about);
  return std::any_of(numbers.begin(), numbers.end(), [&](std::uint32_t number) { return is_lacking(number, false); });
}

// The code of the first parameter that is not ready; empty: none.
std::string_view first_lacking(const IsLacking& is_lacking, const std::vector<Condition>& conditions) {
  for (const Condition& condition : conditions) {
    if (lacks_words(is_lacking, condition))
      return condition.about == Condition::About::narrative ? "_text" : "_content";
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

// `all`: what an include by every reference needs is lacking. `bodies`: so is what is read from bodies, without the
// index.
std::string_view first_lacking(const IsLacking& is_lacking, const SearchQuery& query, bool all, bool bodies = false) {
  for (const Leg& leg : query.of) {
    if (const std::string_view code = first_lacking(is_lacking, leg.all_of); !code.empty()) return code;
  }
  for (const Include& include : query.includes) {
    if (!include.reverse && !bodies) continue;
    if (include.indexed.empty() && all) return include.reverse ? "_revinclude" : "_include";
    for (const Indexed* parameter : include.indexed) {
      if (lacks(is_lacking, *parameter, false)) return parameter->code;
    }
  }
  for (const SortBy& sort : query.sort) {
    if (bodies && sort.parameter != nullptr && lacks(is_lacking, *sort.parameter, false)) return sort.parameter->code;
  }
  return {};
}

Failure not_ready(std::string_view code, int percent) {
  return fail(Code::busy, "the index is being made ready for it, " + std::to_string(percent) + " % are done",
              std::string(code), "Ask again in some minutes; GET /fhir/$reindex says how far it is");
}

// Of what clients defined (custom/README.md).
Result<void> refuse_custom(database::Connection& reader, const SearchQuery& query) {
  const auto& entries = reader.deferred<CustomParameters>().all(reader);
  if (entries.empty()) return {};
  using Entry = CustomParameters::Entry;
  const auto indexing = [](const Entry& entry) { return entry.state == CustomParameters::State::indexing; };
  // The reference that a _revinclude by every reference waits for; then that of a parameter that was asked for.
  const Entry* waits = nullptr;
  for (const auto& entry : entries) {
    if (indexing(*entry) && entry->definition.kind == Kind::reference) waits = entry.get();
  }
  const IsLacking is_indexing = [&](std::uint32_t number, bool) {
    const auto same = [&](const auto& entry) { return indexing(*entry) && entry->number == code_of(number); };
    const auto found = std::find_if(entries.begin(), entries.end(), same);
    if (found != entries.end()) waits = found->get();
    return found != entries.end();
  };
  const std::string_view lacking = first_lacking(is_indexing, query, waits != nullptr);
  if (!lacking.empty()) return not_ready(lacking, percent_of(reader, waits->number));
  // Resources on which an expression cannot be evaluated: whether they are meant, nobody knows.
  const IsLacking cannot_be_told = [&](std::uint32_t number, bool) {
    return code_of(number) >= kFirstCustom && cannot_evaluate(reader, number) > 0;
  };
  const bool reference = std::any_of(entries.begin(), entries.end(), [&](const auto& entry) {
    return entry->definition.kind == Kind::reference && cannot_evaluate(reader, *entry) > 0;
  });
  if (const std::string_view code = first_lacking(cannot_be_told, query, reference, true); !code.empty())
    return fail(Code::unsupported, "there are resources on which its expression cannot be evaluated", std::string(code),
                "Change the expression of its SearchParameter so that it holds for one, many and no values; GET "
                "/fhir/$reindex says how many there are");
  return {};
}

}  // namespace

Result<void> refuse_lacking(database::Connection& reader, const SearchQuery& query) {
  const IndexState state = index_state(reader);
  if (!state.complete()) {
    const IsLacking of_the_program = [&](std::uint32_t number, bool beside) {
      return is_lacking(state, number, beside);
    };
    if (const std::string_view code = first_lacking(of_the_program, query, lacks_references(state)); !code.empty())
      return not_ready(code, state.percent());
  }
  return refuse_custom(reader, query);
}

}  // namespace yilian::records
