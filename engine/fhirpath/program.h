#pragma once
// What an expression is compiled to: steps that name each other by number. Written once, then only read, by any thread.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/fhirpath/item.h"

namespace re2 {
class RE2;
}

namespace yilian::fhirpath {

struct Function;

using StepNumber = std::uint32_t;
inline constexpr StepNumber kNoStep = static_cast<StepNumber>(-1);

enum class Op : std::uint8_t {
  literal,   // value
  empty,     // {}
  member,    // name of left, or of $this
  call,      // function, on left or on $this
  index,     // left[right]
  this_,     // $this
  index_,    // $index
  total,     // $total
  variable,  // %name
  plus,
  minus,
  times,
  slash,
  div,
  mod,
  join,  // join: &
  less,
  less_equal,
  greater,
  greater_equal,
  equal,
  not_equal,
  equivalent,
  not_equivalent,
  in,
  contains,
  and_,
  or_,
  xor_,
  implies,
  union_,
  is,
  as,  // left, type
  negative,
  positive,  // left
};

// A type as an expression names it.
struct TypeSpecifier {
  const fhir::Type* fhir = nullptr;
  std::optional<System> system;  // both may be there: an unqualified "Quantity"
};

// An element that is known when the expression is compiled.
struct KnownElement {
  const fhir::Type* in;
  const fhir::Element* element;
};

struct Step {
  Op op = Op::empty;
  std::uint32_t position = 0;  // of the byte in the text
  std::uint32_t depth = 1;     // levels of steps from here down
  StepNumber left = kNoStep, right = kNoStep;
  std::vector<StepNumber> arguments;
  const Function* function = nullptr;
  std::string_view name;   // in Program::texts
  std::string_view extra;  // of a member: "_name"
  Item value = Item::of(false);
  TypeSpecifier type;                       // of is, as and ofType; of a member without left the type of that name
  std::vector<KnownElement> known;          // of a member
  std::shared_ptr<const re2::RE2> pattern;  // of matches() and its like, when it is a literal
};

struct Program {
  std::string text;
  fhir::Arena texts{512};  // names and values of literals
  std::vector<Step> steps;
  StepNumber root = kNoStep;
  bool as_filters = false;  // Options::as_filters
  // What it can give, with a type to begin from: nodes of these types, and System values (Use::Values).
  bool given_known = false;
  std::uint8_t given_values = 0;
  std::vector<const fhir::Type*> given;
  std::string never;  // of a cast to what its input cannot be
};

}  // namespace yilian::fhirpath
