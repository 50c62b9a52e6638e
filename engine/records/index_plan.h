#pragma once
// What the resources of each type are found by: every search parameter of R4, from the definitions' own expressions.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/fhirpath/expression.h"
#include "engine/records/path.h"

namespace yilian::records {

using Kind = fhir::SearchParameter::Kind;

// What a client's definition allows of a search by it; an empty list: all that its kind has.
struct Allowed {
  bool several_values = true;  // SearchParameter.multipleOr: values with a comma between them
  bool repeated = true;        // SearchParameter.multipleAnd: the parameter more than once
  std::vector<std::string> modifiers, comparators, chains;
  bool operator==(const Allowed&) const = default;
};

struct Composite;

// A search parameter of one resource type.
struct Indexed {
  std::string_view code{};
  Kind kind{};
  // Under which its values stand in the index: its own, or those of parameters that say the same (`patient` those of
  // `subject`, `combo-code` those of `code` and `component-code`). None: it is decided on the bodies.
  std::vector<std::uint32_t> numbers{};
  bool own = false;         // its rows are written for it
  std::string_view target{};  // of one that shares: only references to this type
  std::vector<std::string_view> targets{};  // types that a reference may point to; empty: any
  std::string_view url{};
  std::vector<Path> paths{};
  // Where paths cannot say it (Patient.deceased); then there are none.
  std::optional<fhirpath::Expression> expression{};
  std::vector<const fhir::Type*> leaves{};  // what the expression gives, as far as it is known
  std::vector<Composite> composites{};  // of a composite; several where it is a union
  const fhir::Type* from = nullptr;     // the type that it is evaluated on: bodies do not say theirs
  bool of_resource = false;             // a composite's component whose paths begin at the resource, not at the element
  // Of one that a client defined (custom/README.md): the number of the row of those resources on which the expression
  // cannot be evaluated.
  std::uint32_t failed = 0;
  const Allowed* allowed = nullptr;

  // No resource has two rows of it.
  bool is_single() const;

  // Whether a type of value that it may have is so.
  template <class Test>
  bool any_leaf(Test test) const {
    for (const Path& path : paths) {
      if (test(*path.leaf)) return true;
    }
    for (const fhir::Type* leaf : leaves) {
      if (test(*leaf)) return true;
    }
    return false;
  }
};

std::string_view kind_name(Kind kind);  // "token"
std::optional<Kind> kind_named(std::string_view name);

// A value made of several, which stand in one element.
struct Composite {
  std::vector<Path> bases;          // the elements; one without a step: the resource itself
  std::vector<Indexed> components;  // paths from there; numbers of a parameter that has the same values, if one has
  // The elements may repeat: that both values are there says not yet that they stand together. Rows of its own say it, or
  // the bodies.
  bool repeats = false;
  std::uint32_t number = 0;  // of its own rows (of a code and a quantity, which are wide each for itself); 0: none
  bool own = false;          // they are written for it
};

// A path by which a parameter's rows are found.
struct Way {
  const Indexed* parameter;
  const Path* path;
  const Composite* composite;  // whose base the path is; else nullptr
};

struct Plan {
  std::uint8_t type;
  std::string_view name;
  std::vector<Indexed> parameters;
  const Indexed* happened =
      nullptr;  // the date by which the type is ordered in time ("date", "birthdate", …); may be none
  // The paths of all that have rows of their own, by the member that they begin with (MemberTable::order of the type):
  // a resource is walked once.
  std::uint32_t source = 0;  // number of _source, which a mapping brings apart from the tree
  const fhir::MemberTable* members;
  std::vector<std::vector<Way>> ways;
  std::vector<const Composite*> whole;   // those with rows of their own whose element is the resource itself
  std::vector<const Indexed*> computed;  // those with an expression
  const Indexed* find(std::string_view code) const;
};

// Rows that every resource has, beside those of the parameters.
inline constexpr std::uint32_t kEveryCode = 0;    // key 0: all of the type
inline constexpr std::uint32_t kUpdatedCode = 1;  // key: lastUpdated, in milliseconds
inline constexpr std::uint32_t kDeletedCode = 2;  // the same of deleted ones, which have no other row

// The number of a parameter's rows. `beside`: the rows next to them: of dates and quantities those that span much, kept
// apart so that a search for a moment looks at few of them; of tokens their texts; of references their identifiers.
constexpr std::uint32_t row_number(std::uint8_t type, std::uint32_t code, bool beside = false) {
  return code >> 7 << 16 | ((static_cast<std::uint32_t>(type) << 7 | (code & 127U)) << 1) | (beside ? 1U : 0U);
}
// Back again: the parameter's number.
constexpr std::uint8_t type_of_row(std::uint32_t row_number) { return static_cast<std::uint8_t>(row_number >> 8); }
constexpr std::uint32_t code_of(std::uint32_t row_number) { return row_number >> 16 << 7 | (row_number >> 1 & 127U); }
// The numbers of parameters that clients define begin here, far from those of the definitions.
inline constexpr std::uint32_t kFirstCustom = 4096;
inline constexpr std::int64_t kWide = 86'400'000;
// Of the rows of a date: those of the ends of what spans more (parameter_numbers.h); 0: there are none.
std::uint32_t ends_row(std::uint32_t row_number);

// By the definitions alone, made at first use; nullptr for a type that R4 has not. With what clients defined:
// search_plan (custom/custom_parameters.h).
const Plan* plan(std::string_view type);
const Plan* plan(std::uint8_t type);

}  // namespace yilian::records
