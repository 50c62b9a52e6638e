#pragma once
// The table of functions: what each is called, takes and gives. How each works is in functions_*.cpp.

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/fhirpath/item.h"

namespace yilian::fhirpath {

struct Call;

// What a function gives, as far as the types can be told from the expression alone.
enum class Gives : std::uint8_t {
  unknown,
  same,      // items of its input
  argument,  // what its first argument gives for an item of the input: select
  both,      // items of its input and of its first argument: union, combine
  type,      // items of the type named: ofType, as
  branches,  // what its second or third argument gives: iif
  children,  // of the input, in no order
  descendants,
  extension,
  boolean,
  integer,
  decimal,
  string,
  other,  // of a System type that is not told more exactly
};

inline constexpr std::uint8_t kNever = 255;  // no argument is evaluated on the input

struct Function {
  std::string_view name;
  std::uint8_t least, most;  // arguments
  Gives gives;
  std::uint8_t each_from;  // arguments from this one on are evaluated on the input ($this), not where the call stands
  bool ordered;            // the order of the input matters: not to be used on what has none
  Collection (*call)(Call&);
};

const Function* find_function(std::string_view name);

std::span<const Function> existence_functions();
std::span<const Function> filter_functions();
std::span<const Function> subset_functions();
std::span<const Function> combine_functions();
std::span<const Function> string_functions();
std::span<const Function> pattern_functions();
std::span<const Function> math_functions();
std::span<const Function> boundary_functions();
std::span<const Function> convert_functions();
std::span<const Function> type_functions();
std::span<const Function> utility_functions();
std::span<const Function> fhir_functions();

}  // namespace yilian::fhirpath
