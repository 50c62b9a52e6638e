#include "engine/fhirpath/parser.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/fhirpath/function.h"
#include "engine/fhirpath/lexer.h"
#include "engine/fhirpath/quantity.h"
#include "engine/fhirpath/type_names.h"

namespace yilian::fhirpath {
namespace {

struct Operator {
  std::string_view sign;
  Op op;
  int level;  // higher binds tighter
};

// FHIRPath 2.0, 6.8 (precedence).
constexpr std::array kOperators{
    Operator{"implies", Op::implies, 1}, Operator{"or", Op::or_, 2},
    Operator{"xor", Op::xor_, 2},        Operator{"and", Op::and_, 3},
    Operator{"in", Op::in, 4},           Operator{"contains", Op::contains, 4},
    Operator{"=", Op::equal, 5},         Operator{"!=", Op::not_equal, 5},
    Operator{"~", Op::equivalent, 5},    Operator{"!~", Op::not_equivalent, 5},
    Operator{"<", Op::less, 6},          Operator{"<=", Op::less_equal, 6},
    Operator{">", Op::greater, 6},       Operator{">=", Op::greater_equal, 6},
    Operator{"|", Op::union_, 7},        Operator{"is", Op::is, 8},
    Operator{"as", Op::as, 8},           Operator{"+", Op::plus, 9},
    Operator{"-", Op::minus, 9},         Operator{"&", Op::join, 9},
    Operator{"*", Op::times, 10},        Operator{"/", Op::slash, 10},
    Operator{"div", Op::div, 10},        Operator{"mod", Op::mod, 10},
};

const Operator* operator_of(const Token& token) {
  if (token.kind != Token::Kind::sign && token.kind != Token::Kind::name) return nullptr;
  const auto found = std::ranges::find(kOperators, std::string_view(token.text), &Operator::sign);
  return found == kOperators.end() ? nullptr : &*found;
}

// Words that are operators and nothing else.
bool is_reserved(std::string_view word) {
  constexpr std::array<std::string_view, 6> words{"and", "or", "xor", "implies", "div", "mod"};
  return std::ranges::find(words, word) != words.end();
}

class Parser {
 public:
  explicit Parser(Program& program) : program_(program), lexer_(program.text) {}

  Result<void> run() {
    YL_CHECK(advance());
    YL_TRY(program_.root, expression(1));
    if (token_.kind != Token::Kind::end) return unexpected("an operator or the end");
    return {};
  }

 private:
  using Made = Result<StepNumber>;

  Result<void> advance() {
    YL_TRY(token_, lexer_.next());
    return {};
  }
  Failure unexpected(std::string_view wanted) const {
    const std::string what = token_.kind == Token::Kind::end ? "The expression ends here"
                                                             : "'" + token_.text.substr(0, 40) + "' stands here";
    return fail(Code::bad_syntax, what + ", where " + std::string(wanted) + " should be", at_byte(token_.position));
  }
  Result<void> expect(std::string_view sign) {
    if (!token_.is(sign)) return unexpected("'" + std::string(sign) + "'");
    return advance();
  }

  Made add(Step step) {
    std::uint32_t below = 0;
    const auto look = [&](StepNumber number) {
      if (number != kNoStep) below = std::max(below, program_.steps[number].depth);
    };
    look(step.left);
    look(step.right);
    for (const StepNumber each : step.arguments) look(each);
    step.depth = below + 1;
    if (step.depth > kDeepestStep) {
      return fail(Code::too_deep, "More than " + std::to_string(kDeepestStep) + " levels", at_byte(step.position),
                  "Write a simpler expression");
    }
    program_.steps.push_back(std::move(step));
    return static_cast<StepNumber>(program_.steps.size() - 1);
  }
  Step begin(Op op) const {
    Step step;
    step.op = op;
    step.position = token_.position;
    return step;
  }
  std::string_view keep_text(std::string_view text) { return program_.texts.copy(text); }

  Made expression(int level);
  Made unary();
  Made postfix();
  Made term();
  Made literal();
  Made number();
  Made moment();
  Made invocation(StepNumber left);
  Made call(StepNumber left, std::string_view name, std::uint32_t position);
  Made special();
  Made variable();
  Result<TypeSpecifier> type_specifier();
  Result<TypeSpecifier> type_argument(StepNumber argument) const;
  Result<std::string> identifier(std::string_view wanted);

  Program& program_;
  Lexer lexer_;
  Token token_;
  std::uint32_t open_ = 0;  // recursion of this parser itself
};

Parser::Made Parser::expression(int level) {
  if (++open_ > kDeepestStep) {
    return fail(Code::too_deep, "More than " + std::to_string(kDeepestStep) + " levels", at_byte(token_.position),
                "Write a simpler expression");
  }
  YL_TRY(StepNumber left, unary());
  for (const Operator* op = operator_of(token_); op && op->level >= level; op = operator_of(token_)) {
    Step step = begin(op->op);
    YL_CHECK(advance());
    step.left = left;
    if (op->op == Op::is || op->op == Op::as) {
      YL_TRY(step.type, type_specifier());
    } else {
      YL_TRY(step.right, expression(op->level + 1));
    }
    YL_TRY(left, add(std::move(step)));
  }
  --open_;
  return left;
}

Parser::Made Parser::unary() {
  if (!token_.is("-") && !token_.is("+")) return postfix();
  if (++open_ > kDeepestStep) {
    return fail(Code::too_deep, "Too many signs before a value", at_byte(token_.position));
  }
  Step step = begin(token_.is("-") ? Op::negative : Op::positive);
  YL_CHECK(advance());
  YL_TRY(step.left, unary());
  --open_;
  return add(std::move(step));
}

Parser::Made Parser::postfix() {
  YL_TRY(StepNumber left, term());
  for (;;) {
    if (token_.is(".")) {
      YL_CHECK(advance());
      YL_TRY(left, invocation(left));
    } else if (token_.is("[")) {
      Step step = begin(Op::index);
      YL_CHECK(advance());
      step.left = left;
      YL_TRY(step.right, expression(1));
      YL_CHECK(expect("]"));
      YL_TRY(left, add(std::move(step)));
    } else {
      return left;
    }
  }
}

Parser::Made Parser::term() {
  if (token_.is("(")) {
    YL_CHECK(advance());
    YL_TRY(const StepNumber inner, expression(1));
    YL_CHECK(expect(")"));
    return inner;
  }
  if (token_.is("{")) {
    Step step = begin(Op::empty);
    YL_CHECK(advance());
    YL_CHECK(expect("}"));
    return add(std::move(step));
  }
  if (token_.is("$")) return special();
  if (token_.is("%")) return variable();
  switch (token_.kind) {
    case Token::Kind::name:
      if (token_.text == "true" || token_.text == "false") return literal();
      return invocation(kNoStep);
    case Token::Kind::delimited_name:
      return invocation(kNoStep);
    case Token::Kind::string:
      return literal();
    case Token::Kind::number:
      return number();
    case Token::Kind::date:
    case Token::Kind::date_time:
    case Token::Kind::time:
      return moment();
    default:
      return unexpected("a value, a name or '('");
  }
}

Parser::Made Parser::literal() {
  Step step = begin(Op::literal);
  step.value =
      token_.kind == Token::Kind::string ? Item::of_text(keep_text(token_.text)) : Item::of(token_.text == "true");
  YL_CHECK(advance());
  return add(std::move(step));
}

Parser::Made Parser::number() {
  Step step = begin(Op::literal);
  const auto value = Decimal::parse(token_.text);
  const bool whole = token_.text.find('.') == std::string::npos;
  if (!value) return fail(Code::bad_syntax, "A number of too many digits", at_byte(token_.position));
  YL_CHECK(advance());
  std::string_view unit;
  if (token_.kind == Token::Kind::string) {
    unit = keep_text(token_.text);
  } else if (token_.kind == Token::Kind::name) {
    if (const auto calendar = calendar_unit(token_.text)) unit = name(*calendar);
  }
  if (unit.data() != nullptr) {
    if (unit.empty()) return unexpected("a unit");
    step.value = Item::of(keep(program_.texts, Quantity{*value, unit}));
    YL_CHECK(advance());
    return add(std::move(step));
  }
  if (!whole) {
    step.value = Item::of(keep(program_.texts, *value));
    return add(std::move(step));
  }
  if (*value > Decimal(2147483647)) {
    return fail(Code::bad_syntax, "An integer above 2147483647", at_byte(step.position), "Write it with '.0'");
  }
  step.value = Item::of_integer(value->whole().value_or(0));
  return add(std::move(step));
}

Parser::Made Parser::moment() {
  Step step = begin(Op::literal);
  const auto value = token_.kind == Token::Kind::date        ? Temporal::parse_date(token_.text)
                     : token_.kind == Token::Kind::date_time ? Temporal::parse_date_time(token_.text)
                                                             : Temporal::parse_time(token_.text);
  if (!value) return fail(Code::bad_syntax, "'" + token_.text + "' is no date or time", at_byte(token_.position));
  step.value = Item::of(keep(program_.texts, *value));
  YL_CHECK(advance());
  return add(std::move(step));
}

Result<std::string> Parser::identifier(std::string_view wanted) {
  const bool plain = token_.kind == Token::Kind::name && !is_reserved(token_.text);
  if (!plain && token_.kind != Token::Kind::delimited_name) return unexpected(wanted);
  std::string text = token_.text;
  YL_CHECK(advance());
  return text;
}

Parser::Made Parser::invocation(StepNumber left) {
  if (token_.is("$")) return special();
  Step step = begin(Op::member);
  const bool delimited = token_.kind == Token::Kind::delimited_name;
  // Behind a "." no word can be an operator: Narrative.div is written without quotes more often than with.
  std::string text = token_.text;
  if (left != kNoStep && token_.kind == Token::Kind::name) {
    YL_CHECK(advance());
  } else {
    YL_TRY(text, identifier("a name"));
  }
  if (text.empty()) return fail(Code::bad_syntax, "An empty name", at_byte(step.position));
  if (!delimited && token_.is("(")) return call(left, text, step.position);
  step.left = left;
  const std::string_view both = keep_text("_" + text);
  step.extra = both;
  step.name = both.substr(1);
  // "Patient.name" on a Patient; which it is, is known when it is evaluated.
  if (left == kNoStep && text.front() >= 'A' && text.front() <= 'Z') step.type.fhir = fhir::type(text);
  return add(std::move(step));
}

Parser::Made Parser::call(StepNumber left, std::string_view name, std::uint32_t position) {
  Step step = begin(Op::call);
  step.position = position;
  step.left = left;
  step.function = find_function(name);
  if (!step.function)
    return fail(Code::bad_syntax, "There is no function '" + std::string(name) + "'", at_byte(position));
  YL_CHECK(advance());
  while (!token_.is(")")) {
    if (!step.arguments.empty()) YL_CHECK(expect(","));
    YL_TRY(const StepNumber argument, expression(1));
    step.arguments.push_back(argument);
  }
  YL_CHECK(advance());
  const Function& function = *step.function;
  if (step.arguments.size() < function.least || step.arguments.size() > function.most) {
    const std::string wanted = function.least == function.most
                                   ? std::to_string(function.least)
                                   : std::to_string(function.least) + " to " + std::to_string(function.most);
    return fail(Code::bad_syntax,
                std::string(name) + "() takes " + wanted + " arguments, not " + std::to_string(step.arguments.size()),
                at_byte(position));
  }
  if (name == "is" || name == "as" || name == "ofType") {
    YL_TRY(step.type, type_argument(step.arguments.front()));
  }
  return add(std::move(step));
}

Parser::Made Parser::special() {
  Step step = begin(Op::this_);
  YL_CHECK(advance());
  if (token_.is_word("index")) {
    step.op = Op::index_;
  } else if (token_.is_word("total")) {
    step.op = Op::total;
  } else if (!token_.is_word("this")) {
    return unexpected("this, index or total");
  }
  YL_CHECK(advance());
  return add(std::move(step));
}

Parser::Made Parser::variable() {
  Step step = begin(Op::variable);
  YL_CHECK(advance());
  if (token_.kind != Token::Kind::name && token_.kind != Token::Kind::delimited_name &&
      token_.kind != Token::Kind::string) {
    return unexpected("the name of a variable");
  }
  std::string name = token_.text;
  YL_CHECK(advance());
  step.name = keep_text(name);
  return add(std::move(step));
}

// FHIR.Patient, System.String, Quantity
Result<TypeSpecifier> Parser::type_specifier() {
  const std::uint32_t position = token_.position;
  YL_TRY(std::string name, identifier("the name of a type"));
  std::string space;
  if (token_.is(".") && (name == "FHIR" || name == "System")) {
    YL_CHECK(advance());
    space = std::exchange(name, {});
    YL_TRY(name, identifier("the name of a type"));
  }
  auto found = find_type(space, name);
  if (!found) found.error().where = at_byte(position);
  return found;
}

// The same, where it was read as an expression.
Result<TypeSpecifier> Parser::type_argument(StepNumber argument) const {
  const Step& last = program_.steps[argument];
  const auto is_name = [](const Step& step) { return step.op == Op::member && step.left == kNoStep; };
  std::string_view space;
  bool fits = is_name(last);
  if (last.op == Op::member && last.left != kNoStep && is_name(program_.steps[last.left])) {
    space = program_.steps[last.left].name;
    fits = space == "FHIR" || space == "System";
  }
  if (!fits) {
    return fail(Code::bad_syntax, "The name of a type should stand here", at_byte(last.position),
                "Write it without quotes: Patient, FHIR.string, System.String");
  }
  auto found = find_type(space, last.name);
  if (!found) found.error().where = at_byte(last.position);
  return found;
}

}  // namespace

Result<void> parse(Program& program) {
  if (program.text.size() > kLongestText) {
    return fail(Code::too_large, "An expression of more than 64 KiB", "", "Write a shorter one");
  }
  return Parser(program).run();
}

}  // namespace yilian::fhirpath
