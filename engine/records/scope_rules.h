#pragma once
// What a scope asks of the resources of one type, as index rows: the same keys say it of the index (view.h) and of one
// body, so the two cannot disagree.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/records/index_plan.h"
#include "engine/records/rows.h"
#include "engine/records/scope.h"

namespace yilian::records {

// Rows of the index.
struct ScopeRows {
  bool itself = false;                       // the resource is one of the scope's patients
  std::vector<std::uint32_t> to_named{};     // of these numbers, to one of the scope's patients
  std::vector<std::uint32_t> to_patients{};  // of these numbers, to whatever Patient
  std::vector<std::string> beginning{};      // that begin so
};

// Holds when one of its rows is in `any_of`; with `none_of` also when none is in that.
struct ScopeRule {
  ScopeRows any_of{};
  std::optional<ScopeRows> none_of{};
};

struct ScopeRules {
  bool nothing = false;             // no resource of the type is seen
  std::vector<ScopeRule> all_of{};  // seen is what fulfils all; none: every one
  bool look() const { return nothing || !all_of.empty(); }
};

// Of a scope that is not `all`.
ScopeRules rules_of(const Scope& scope, const Plan& plan);

// Whether a resource with these rows, and with this key (resource_key), is seen.
bool is_seen(const ScopeRules& rules, const Scope& scope, const Rows& rows, std::int64_t key);

// Whether a row of a reference goes to a Patient.
bool is_to_patient(std::string_view row);

// The numbers that the rules look at: what the index has to have of every resource (reindex.h).
std::vector<std::uint32_t> numbers_of(const ScopeRules& rules);

}  // namespace yilian::records
