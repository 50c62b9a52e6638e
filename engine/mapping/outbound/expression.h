#pragma once
// Paths, operands and conditions over FHIR resources (docs/fhir-to-hl7v2.md): text to a checked tree. Every element name
// is held against the FHIR definitions when it is read.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <re2/re2.h>

#include "engine/base/result.h"
#include "engine/fhir/definitions.h"
#include "engine/fhirpath/expression.h"

namespace yilian::mapping::outbound {

struct Expression;

struct Step {
  enum class Op {
    element,   // .name
    follow,    // ->Type: what a Reference points to
    referrer,  // <-Type.element: what points to this resource from there
    at,        // [0]
    where,     // [condition]
    variable,  // $name (only first)
    every,     // all(Type) (only first)
  } op = Op::element;
  std::string name, aside;           // element: "birthDate" and "_birthDate"; referrer: path of elements with dots
  const fhir::Type* type = nullptr;  // follow, referrer, every: the resource type meant
  std::size_t index = 0;             // at
  std::shared_ptr<const Expression> condition;
};

struct Path {
  std::vector<Step> steps;           // none: the item itself
  const fhir::Type* type = nullptr;  // of what it gives; nullptr when any resource is meant
};

struct FhirPath {
  fhirpath::Expression expression;
  const fhir::Type* on;  // what it is evaluated on; nullptr: whatever resource it is
};

struct Expression {
  enum class Op {
    either, both, negate,
    compare,   // text: the operator
    among,     // args[0] in args[1…]
    matches,   // args[0] matches regex
    path, literal,
    coalesce,  // the first valued of args
    call,      // text: the function
    fhirpath,  // fhirpath("…"); path.type is the type of what it gives, where that is one
  } op = Op::literal;
  std::string text;
  Path path;
  std::vector<Expression> args;
  std::shared_ptr<const RE2> regex;
  std::shared_ptr<const FhirPath> fhirpath = nullptr;

  bool gives_items() const { return op == Op::path || op == Op::fhirpath; }
};

// What an expression may name.
struct Scope {
  const fhir::Type* type = nullptr;                            // of the item it is about
  const std::map<std::string, const fhir::Type*>* variables = nullptr;  // of a message's rows
  const std::set<std::string>* options = nullptr;              // of profiles
  const std::set<std::string>* tables = nullptr;
};

// Errors: bad_syntax or bad_value; `what` says what was expected, `cure` the nearest name.
Result<Expression> parse_condition(std::string_view text, const Scope& scope);
Result<Expression> parse_operand(std::string_view text, const Scope& scope);
Result<Path> parse_path(std::string_view text, const Scope& scope);

}  // namespace yilian::mapping::outbound
