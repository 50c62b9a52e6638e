#include "engine/units/expression.h"

#include <charconv>
#include <limits>
#include <string>

namespace yilian::units {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Reader {
 public:
  Reader(const Table& table, std::string_view text) : table_(table), text_(text) {}

  Result<Unit> read() {
    if (text_.empty()) return wrong("an empty unit");
    if (text_.size() > kLongestUnit) return wrong("longer than a unit may be");
    Unit unit;
    const bool over = take('/');
    YL_CHECK(term(unit, over));
    if (at_ < text_.size()) return wrong("a character that cannot stand here");
    return unit;
  }

 private:
  char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (next() != c || at_ == text_.size()) return false;
    ++at_;
    return true;
  }
  Failure wrong(std::string what) const {
    return fail(Code::bad_value, std::move(what), "byte " + std::to_string(at_), "write the unit as UCUM does");
  }

  // Components from left to right: what stands behind a "/" divides, up to the next "." or "/".
  Result<void> term(Unit& into, bool over) {
    bool alone = !over;
    while (true) {
      YL_TRY(const Unit unit, component());
      const bool more = next() == '.' || next() == '/';
      if (unit.function != Function::none) {
        if (!alone || more) return wrong("a unit with a scale of its own can be no part of a product");
        into = unit;
        return {};
      }
      YL_CHECK(join(into, unit, over));
      alone = false;
      if (!more) return {};
      over = next() == '/';
      ++at_;
    }
  }

  Result<void> join(Unit& into, const Unit& unit, bool over) {
    over ? into.factor.divide(unit.factor) : into.factor.multiply(unit.factor);
    for (std::size_t i = 0; i < kMostDimensions; ++i) {
      const int sum = into.dimension[i] + (over ? -unit.dimension[i] : unit.dimension[i]);
      if (!fits(sum)) return wrong("a power that is too high");
      into.dimension[i] = static_cast<std::int8_t>(sum);
    }
    return {};
  }
  static bool fits(int exponent) {
    return exponent >= std::numeric_limits<std::int8_t>::min() && exponent <= std::numeric_limits<std::int8_t>::max();
  }

  Result<Unit> component() {
    if (next() == '{') {
      YL_CHECK(annotation());
      return Unit{};
    }
    if (take('(')) {
      if (++depth_ > kDeepestUnit) return wrong("too many parentheses");
      Unit unit;
      YL_CHECK(term(unit, take('/')));
      if (!take(')')) return wrong("a parenthesis is not closed");
      --depth_;
      return unit;
    }
    Unit unit;
    if (is_digit(next()) && !starts_ten()) {
      YL_TRY(unit, factor());
      return unit;
    }
    YL_TRY(unit, powered());
    if (next() == '{') YL_CHECK(annotation());
    return unit;
  }

  bool starts_ten() const {
    const std::string_view rest = text_.substr(at_, 3);
    return rest.starts_with("10*") || rest.starts_with("10^");
  }

  Result<Unit> factor() {
    const std::size_t begin = at_;
    while (is_digit(next())) ++at_;
    Unit unit;
    const auto value = read_factor(text_.substr(begin, at_ - begin));
    if (!value) return wrong("a factor that is no positive number");
    unit.factor = *value;
    if (next() == '{') YL_CHECK(annotation());
    return unit;
  }

  // "{cells}": says something to people, nothing to the unit.
  Result<void> annotation() {
    ++at_;
    while (next() >= '!' && next() <= '~' && next() != '{' && next() != '}') ++at_;
    if (!take('}')) return wrong("an annotation is not closed, or holds what it cannot");
    return {};
  }

  Result<Unit> powered() {
    YL_TRY(Unit unit, simple());
    if (next() != '+' && next() != '-' && !is_digit(next())) return unit;
    if (unit.function != Function::none) return wrong("a unit with a scale of its own has no powers");
    YL_TRY(const int exponent, exponent_here());
    unit.factor = unit.factor.power(exponent);
    for (std::int8_t& each : unit.dimension) {
      const int power = each * exponent;
      if (!fits(power)) return wrong("a power that is too high");
      each = static_cast<std::int8_t>(power);
    }
    return unit;
  }

  Result<int> exponent_here() {
    constexpr int kMost = 99;
    const bool minus = next() == '-';
    if (minus || next() == '+') ++at_;
    int exponent = 0;
    const char* const begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), exponent);
    if (error != std::errc() || !is_digit(next()) || exponent > kMost) return wrong("a power that is no number up to 99");
    at_ += static_cast<std::size_t>(end - begin);
    return minus ? -exponent : exponent;
  }

  // A unit with or without a prefix; what is in square brackets belongs to its name, whatever it is.
  Result<Unit> simple() {
    const std::size_t begin = at_;
    if (starts_ten()) {
      at_ += 3;
    } else {
      bool bracket = false;
      for (; at_ < text_.size(); ++at_) {
        const char c = text_[at_];
        if (c == '[') bracket = true;
        if (c == ']') bracket = false;
        if (!bracket && (is_digit(c) || std::string_view("+-./(){}").find(c) != std::string_view::npos)) break;
      }
    }
    const std::string_view name = text_.substr(begin, at_ - begin);
    if (const Table::Atom* atom = table_.atom(name)) return whole(atom->unit, Factor{});
    for (const std::size_t size : {std::size_t{2}, std::size_t{1}}) {
      if (name.size() <= size) continue;
      const Factor* prefix = table_.prefix(name.substr(0, size));
      const Table::Atom* atom = prefix ? table_.atom(name.substr(size)) : nullptr;
      if (atom && atom->metric) return whole(atom->unit, *prefix);
    }
    at_ = begin;
    return wrong(name.empty() ? std::string("a unit is missing") : "'" + std::string(name) + "' is no unit");
  }

  static Unit whole(Unit unit, const Factor& prefix) {
    (unit.function == Function::none ? unit.factor : unit.prefix).multiply(prefix);
    return unit;
  }

  const Table& table_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace

Result<Unit> read_expression(const Table& table, std::string_view text) { return Reader(table, text).read(); }

}  // namespace yilian::units
