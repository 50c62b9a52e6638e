#pragma once
// All that is known of one patient or stay, or of all of them, page by page: what lies in the compartment, and what
// that refers to (operation-patient-everything.html).

#include <optional>
#include <string>
#include <vector>

#include "engine/records/store.h"

namespace yilian::records {

struct EverythingQuery {
  std::string owner;                 // "Patient", "Encounter": a compartment
  std::string id{};                  // empty: of all of them, one after the other
  std::vector<std::string> types{};  // only these are given; empty: all
  std::optional<Instant> since{};    // only what changed at this time or later
  std::string start{}, end{};        // dates of care, by the date that a type is ordered by; what has none is left out
  std::size_t count = 50;            // of what lies in compartments, at most 1000
  std::string cursor{};
};

// First the owner, then what lies in its compartment in the order in which it came (Match::included false); beside it
// what it refers to and lies in no such compartment (true), on the page that refers to it first. What lies in another
// owner's compartment never comes along. Each comes once; only where thousands are referred to, one may come again on a
// later page. `next` is given, `total` is not. A page may be empty but for `next`. The cost is that of the page, and of
// the compartment's keys. Errors: not_found, gone (the owner), bad_value, busy.
Result<Page> everything(database::Connection& reader, const Scope& scope, const EverythingQuery& query);

}  // namespace yilian::records
