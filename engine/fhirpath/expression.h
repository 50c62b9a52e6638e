#pragma once
// A FHIRPath expression (normative 2.0, as FHIR R4 uses it): compiled once, evaluated many times, by any threads.

#include <memory>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/fhirpath/context.h"
#include "engine/fhirpath/item.h"

namespace yilian::fhirpath {

struct Program;

struct Options {
  // What the expression will be evaluated on, when it is always the same: its elements are then found faster.
  const fhir::Type* type = nullptr;
  // With `type`: a name that no element has where it stands, and a type that cannot be, are errors.
  bool strict = false;
  // `as` on several items keeps those of the type, as ofType does: what R4's search parameters and
  // its invariant dom-3 take for granted.
  bool as_filters = false;
  // With `type`: first(), skip(), [0] and such are errors on children() and descendants(), which have no order.
  bool check_order = false;
};

// What an expression needs and gives, as far as it is known before it is evaluated: for whoever takes expressions from
// others. Names are views into the expression.
struct Use {
  std::vector<std::string_view> functions, variables;
  struct Member {
    const fhir::Type* in;  // nullptr: it is not known
    std::string_view name;
  };
  std::vector<Member> members;
  bool known = false;                    // what it gives
  std::vector<const fhir::Type*> gives;  // nodes of these types
  enum Values : std::uint8_t { none = 0, boolean = 1, number = 2, text = 4, other = 8 };
  std::uint8_t values = none;  // and values that it computes, as bits
  std::string_view never;      // the first cast to what its input cannot be, with its place; empty: there is none
  bool never_true = false;     // as a condition it holds for nothing (never_true.h)
};

class Expression {
 public:
  // Errors: bad_syntax and bad_value with `where` "byte N" of the text, too_large (64 KiB), too_deep (250 levels).
  static Result<Expression> compile(std::string_view text, const Options& options = {});

  // Items of the result lie in the tree and in context.arena, and hold as long as both do. Errors: bad_value (an
  // operation that is not defined for what was found), unsupported, too_large; `where` is "byte N" of the text.
  Result<Collection> evaluate(const fhir::Json& resource, const Context& context) const;
  // `node` is what the items' places begin with: it has to live as long as they do.
  Result<Collection> evaluate(const Node& node, const Context& context) const;
  // What an invariant or a condition asks. Nothing: the result is empty. What is not one Boolean is an error.
  Result<std::optional<bool>> test(const Node& node, const Context& context) const;

  std::string_view text() const;
  Use use() const;

 private:
  explicit Expression(std::shared_ptr<const Program> program) : program_(std::move(program)) {}
  std::shared_ptr<const Program> program_;
};

}  // namespace yilian::fhirpath
