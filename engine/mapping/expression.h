#pragma once
// Conditions and operands of the mapping language (docs/mapping-language.md, "Expressions") from text to a tree of
// names.

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace yilian::mapping {

struct Expression {
  enum class Op {
    either,    // args: two or more
    both,      // args: two or more
    negate,    // args[0]
    compare,   // text: the operator; args[0], args[1]
    among,     // args[0] in args[1…]
    matches,   // args[0] matches text
    path,      // text: "PID-3.1", "CX.4", ".", "ORC"
    literal,   // text
    coalesce,  // args: first valued one
    call,      // text: the function; args
  } op = Op::literal;
  std::string text;
  std::vector<Expression> args;
};

// Errors: bad_syntax, `what` says what was expected where.
Result<Expression> parse_condition(std::string_view text);
Result<Expression> parse_operand(std::string_view text);

// "PID-3.1.2", "CX.4.1", "ORC", ".": the parts of a path; zero where not given.
struct PathName {
  std::string head;                                     // "PID", "CX", "." for the value itself
  bool segment;                                         // written with a dash, or a segment id alone
  unsigned field = 0, component = 0, subcomponent = 0;  // of a datatype: field is 0
};
// Nothing when the text has no such form.
bool parse_path(std::string_view text, PathName& out);

}  // namespace yilian::mapping
