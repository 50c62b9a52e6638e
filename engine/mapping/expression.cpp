#include "engine/mapping/expression.h"

#include <optional>

namespace yilian::mapping {
namespace {

constexpr int kMostDepth = 40;
constexpr std::size_t kMostBytes = 4000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Expression> whole(bool condition) {
    if (text_.size() > kMostBytes) return fail(Code::too_large, "an expression of more than 4000 bytes");
    auto result = condition ? either(0) : coalesce(0);
    if (!result) return result;
    blanks();
    if (at_ != text_.size()) return expected("the end");
    return result;
  }

 private:
  Failure expected(std::string_view what) const {
    std::string rest(text_.substr(at_, 20));
    return fail(Code::bad_syntax,
                "expected " + std::string(what) + " at '" + rest + "' (character " + std::to_string(at_ + 1) + ")");
  }

  void blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
  }

  bool take(std::string_view token) {
    blanks();
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }

  bool take_word(std::string_view word) {
    blanks();
    if (text_.substr(at_, word.size()) != word) return false;
    const char next = at_ + word.size() < text_.size() ? text_[at_ + word.size()] : ' ';
    if (is_lower(next) || is_upper(next) || is_digit(next) || next == '-' || next == '_') return false;
    at_ += word.size();
    return true;
  }

  Result<Expression> chain(int depth, std::string_view word, Expression::Op op,
                           Result<Expression> (Parser::*next)(int)) {
    auto first = (this->*next)(depth);
    if (!first || !take_word(word)) return first;
    Expression all{op, {}, {}};
    all.args.push_back(std::move(*first));
    do {
      auto more = (this->*next)(depth);
      if (!more) return more;
      all.args.push_back(std::move(*more));
    } while (take_word(word));
    return all;
  }

  Result<Expression> either(int depth) { return chain(depth, "or", Expression::Op::either, &Parser::both); }
  Result<Expression> both(int depth) { return chain(depth, "and", Expression::Op::both, &Parser::negate); }

  Result<Expression> negate(int depth) {
    if (depth > kMostDepth) return fail(Code::too_deep, "an expression nested too deeply");
    if (take_word("not")) {
      auto inner = negate(depth + 1);
      if (!inner) return inner;
      Expression made{Expression::Op::negate, {}, {}};
      made.args.push_back(std::move(*inner));
      return made;
    }
    if (take("(")) {
      auto inner = either(depth + 1);
      if (!inner) return inner;
      if (!take(")")) return expected("')'");
      return inner;
    }
    return comparison(depth);
  }

  Result<Expression> comparison(int depth) {
    auto left = coalesce(depth);
    if (!left) return left;
    for (const std::string_view op : {"!=", "<=", ">=", "=", "<", ">"}) {
      if (!take(op)) continue;
      auto right = coalesce(depth);
      if (!right) return right;
      Expression made{Expression::Op::compare, std::string(op), {}};
      made.args.push_back(std::move(*left));
      made.args.push_back(std::move(*right));
      return made;
    }
    const std::size_t before = at_;
    const bool no = take_word("not");
    if (take_word("in")) return among(std::move(*left), no, depth);
    if (no) at_ = before;
    if (take_word("matches")) {
      auto pattern = string();
      if (!pattern) return expected("a regular expression in quotes");
      Expression made{Expression::Op::matches, std::move(*pattern), {}};
      made.args.push_back(std::move(*left));
      return made;
    }
    return left;
  }

  Result<Expression> among(Expression left, bool no, int depth) {
    if (!take("(")) return expected("'('");
    Expression made{Expression::Op::among, {}, {}};
    made.args.push_back(std::move(left));
    do {
      auto item = primary(depth + 1);
      if (!item) return item;
      made.args.push_back(std::move(*item));
    } while (take(","));
    if (!take(")")) return expected("')'");
    if (!no) return made;
    Expression negated{Expression::Op::negate, {}, {}};
    negated.args.push_back(std::move(made));
    return negated;
  }

  Result<Expression> coalesce(int depth) {
    auto first = primary(depth);
    if (!first || !take("??")) return first;
    Expression all{Expression::Op::coalesce, {}, {}};
    all.args.push_back(std::move(*first));
    do {
      auto more = primary(depth);
      if (!more) return more;
      all.args.push_back(std::move(*more));
    } while (take("??"));
    return all;
  }

  std::optional<std::string> string() {
    blanks();
    if (at_ >= text_.size() || (text_[at_] != '"' && text_[at_] != '\'')) return std::nullopt;
    const char quote = text_[at_];
    std::string out;
    for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
      if (text_[i] == quote) {
        at_ = i + 1;
        return out;
      }
      // Only the quote needs a backslash; others stay, as regular expressions are full of them.
      if (text_[i] == '\\' && i + 1 < text_.size() && text_[i + 1] == quote) ++i;
      out += text_[i];
    }
    return std::nullopt;
  }

  Result<Expression> primary(int depth) {
    if (depth > kMostDepth) return fail(Code::too_deep, "an expression nested too deeply");
    blanks();
    if (at_ >= text_.size()) return expected("a field, a text in quotes, a number or a function");
    const char c = text_[at_];
    if (c == '"' || c == '\'') {
      auto text = string();
      if (!text) return expected("the closing quote");
      return Expression{Expression::Op::literal, std::move(*text), {}};
    }
    if (is_digit(c))
      return Expression{Expression::Op::literal, span([](char x) { return is_digit(x) || x == '.'; }), {}};
    if (is_lower(c)) return call(depth);
    if (is_upper(c) || c == '.') return path();
    return expected("a field, a text in quotes, a number or a function");
  }

  template <class Belongs>
  std::string span(Belongs belongs) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && belongs(text_[at_])) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  Result<Expression> path() {
    const std::size_t begin = at_;
    std::string name = span([](char x) { return is_upper(x) || is_digit(x) || x == '_' || x == '-' || x == '.'; });
    PathName parts;
    if (!parse_path(name, parts)) {
      at_ = begin;
      return expected("a field like PID-3.1 (texts stand in quotes)");
    }
    return Expression{Expression::Op::path, std::move(name), {}};
  }

  Result<Expression> call(int depth) {
    const std::size_t begin = at_;
    Expression made{Expression::Op::call, span([](char x) { return is_lower(x) || is_digit(x); }), {}};
    if (made.text == "first") return Expression{Expression::Op::call, "first", {}};
    if (!take("(")) {
      at_ = begin;
      return expected("a field, a function or a text in quotes");
    }
    if (made.text == "made") {
      blanks();
      made.args.push_back({Expression::Op::literal, span([](char x) { return x != ')'; }), {}});
      if (!take(")")) return expected("')'");
      return made;
    }
    if (take(")")) return made;
    do {
      auto arg = coalesce(depth + 1);
      if (!arg) return arg;
      made.args.push_back(std::move(*arg));
    } while (take(","));
    if (!take(")")) return expected("')'");
    return made;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// A number of one to four digits at `at`.
bool read_number(std::string_view text, std::size_t& at, unsigned& out) {
  const std::size_t begin = at;
  out = 0;
  while (at < text.size() && is_digit(text[at]) && at - begin < 4)
    out = out * 10 + static_cast<unsigned>(text[at++] - '0');
  return at > begin && out > 0;
}

}  // namespace

bool parse_path(std::string_view text, PathName& out) {
  out = PathName{};
  out.segment = false;
  if (text == ".") {
    out.head = ".";
    return true;
  }
  std::size_t at = 0;
  while (at < text.size() && (is_upper(text[at]) || is_digit(text[at]) || text[at] == '_')) ++at;
  if (at == 0 || !is_upper(text[0])) return false;
  out.head = std::string(text.substr(0, at));
  if (at == text.size()) {
    out.segment = true;
    return at == 3;
  }
  if (text[at] == '-') {
    out.segment = true;
    if (out.head.size() != 3 || !read_number(text, ++at, out.field)) return false;
  } else if (text[at] == '.') {
    if (!read_number(text, ++at, out.component)) return false;
  }
  if (out.segment && at < text.size() && text[at] == '.' && !read_number(text, ++at, out.component)) return false;
  if (at < text.size() && text[at] == '.' && !read_number(text, ++at, out.subcomponent)) return false;
  return at == text.size();
}

Result<Expression> parse_condition(std::string_view text) { return Parser(text).whole(true); }
Result<Expression> parse_operand(std::string_view text) { return Parser(text).whole(false); }

}  // namespace yilian::mapping
