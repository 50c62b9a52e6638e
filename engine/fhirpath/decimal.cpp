#include "engine/fhirpath/decimal.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace yilian::fhirpath {
namespace {

// Ten to the power of what is in range; beyond, nothing fits.
constexpr std::array<Int128, Decimal::kMostDigits + 1> kTens = [] {
  std::array<Int128, Decimal::kMostDigits + 1> tens{};
  tens[0] = 1;
  for (std::size_t i = 1; i < tens.size(); ++i) tens[i] = tens[i - 1] * 10;
  return tens;
}();
constexpr Int128 kLimit = kTens[Decimal::kMostDigits];

Int128 ten_to(int power) { return kTens[static_cast<std::size_t>(power)]; }
bool fits(Int128 value) { return value < kLimit && value > -kLimit; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Both with the larger scale.
struct Aligned {
  Int128 a, b;
  int scale;
};
std::optional<Aligned> align(const Decimal& a, const Decimal& b) {
  Aligned both{a.coefficient(), b.coefficient(), std::max(a.scale(), b.scale())};
  if (__builtin_mul_overflow(both.a, ten_to(both.scale - a.scale()), &both.a)) return std::nullopt;
  if (__builtin_mul_overflow(both.b, ten_to(both.scale - b.scale()), &both.b)) return std::nullopt;
  return both;
}

// Zeros behind the point may be what does not fit.
std::optional<Aligned> align_somehow(const Decimal& a, const Decimal& b) {
  if (auto both = align(a, b)) return both;
  return align(a.stripped(), b.stripped());
}

}  // namespace

std::optional<Decimal> Decimal::make(Int128 coefficient, int scale) {
  if (!fits(coefficient) || scale > kMostDigits) return std::nullopt;
  while (scale < 0) {
    if (__builtin_mul_overflow(coefficient, Int128{10}, &coefficient) || !fits(coefficient)) return std::nullopt;
    ++scale;
    if (coefficient == 0) scale = 0;
  }
  Decimal made;
  made.coefficient_ = coefficient;
  made.scale_ = scale;
  return made;
}

std::optional<Decimal> Decimal::parse(std::string_view text) {
  if (text.size() > kLongestText) return std::nullopt;
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  Int128 coefficient = 0;
  int scale = 0;
  bool point = false;
  std::size_t at = 0, digits = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && !point && digits > 0) {
      point = true;
      continue;
    }
    if (!is_digit(text[at])) break;
    coefficient = coefficient * 10 + (text[at] - '0');
    if (!fits(coefficient)) return std::nullopt;
    ++digits;
    if (point) ++scale;
  }
  if (digits == 0 || (point && !is_digit(text[at - 1]))) return std::nullopt;
  if (at < text.size()) {
    if (text[at] != 'e' && text[at] != 'E') return std::nullopt;
    std::string_view power = text.substr(at + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    int exponent = 0;
    const auto [end, error] = std::from_chars(power.data(), power.data() + power.size(), exponent);
    if (error != std::errc() || end != power.data() + power.size()) return std::nullopt;
    if (exponent > 1000 || exponent < -1000) return std::nullopt;
    scale -= exponent;
  }
  return make(negative ? -coefficient : coefficient, scale);
}

std::string Decimal::text() const {
  std::array<char, 64> buffer;
  char* at = buffer.data() + buffer.size();
  Int128 rest = is_negative() ? -coefficient_ : coefficient_;
  int behind = scale_;
  do {
    *--at = static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
    if (--behind == 0) *--at = '.';
  } while (rest != 0 || behind >= 0);
  if (is_negative()) *--at = '-';
  return std::string(at, buffer.data() + buffer.size());
}

int Decimal::digits() const {
  Int128 rest = is_negative() ? -coefficient_ : coefficient_;
  int count = 0;
  for (; rest != 0; rest /= 10) ++count;
  return std::max(count, 1);
}

bool Decimal::is_whole() const { return coefficient_ % ten_to(scale_) == 0; }

std::optional<std::int64_t> Decimal::whole() const {
  const Int128 value = coefficient_ / ten_to(scale_);
  if (value > INT64_MAX || value < INT64_MIN) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

Decimal Decimal::negated() const {
  Decimal made = *this;
  made.coefficient_ = -coefficient_;
  return made;
}

Decimal Decimal::stripped() const {
  Decimal made = *this;
  while (made.scale_ > 0 && made.coefficient_ % 10 == 0) {
    made.coefficient_ /= 10;
    --made.scale_;
  }
  return made;
}

Decimal Decimal::truncated(int scale) const {
  if (scale >= scale_) return *this;
  Decimal made;
  made.coefficient_ = coefficient_ / ten_to(scale_ - scale);
  made.scale_ = scale;
  return made;
}

Decimal Decimal::rounded(int scale) const {
  if (scale >= scale_) return *this;
  Decimal made = truncated(scale);
  const Int128 unit = ten_to(scale_ - scale);
  Int128 rest = coefficient_ % unit;
  if (rest < 0) rest = -rest;
  if (rest >= unit - rest) made.coefficient_ += is_negative() ? -1 : 1;
  return made;
}

Decimal Decimal::floor() const {
  Decimal made = truncated(0);
  if (is_negative() && !is_whole()) --made.coefficient_;
  return made;
}

Decimal Decimal::ceiling() const {
  Decimal made = truncated(0);
  if (!is_negative() && !is_whole()) ++made.coefficient_;
  return made;
}

std::optional<Decimal> Decimal::with_scale(int scale) const {
  if (scale <= scale_) return *this;
  Int128 made = 0;
  if (scale > kMostDigits || __builtin_mul_overflow(coefficient_, ten_to(scale - scale_), &made)) return std::nullopt;
  return make(made, scale);
}

std::strong_ordering Decimal::operator<=>(const Decimal& other) const {
  if (scale_ == other.scale_) return coefficient_ <=> other.coefficient_;
  if (is_negative() != other.is_negative()) {
    return is_negative() ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  // Whole parts first: where they are equal, what is behind the point fits.
  const Int128 unit = ten_to(scale_), other_unit = ten_to(other.scale_);
  if (const auto order = coefficient_ / unit <=> other.coefficient_ / other_unit; order != 0) return order;
  Int128 rest = coefficient_ % unit, other_rest = other.coefficient_ % other_unit;
  if (scale_ < other.scale_) {
    rest *= ten_to(other.scale_ - scale_);
  } else {
    other_rest *= ten_to(scale_ - other.scale_);
  }
  return rest <=> other_rest;
}

std::optional<Decimal> add(const Decimal& a, const Decimal& b) {
  const auto both = align_somehow(a, b);
  Int128 sum = 0;
  if (!both || __builtin_add_overflow(both->a, both->b, &sum)) return std::nullopt;
  return Decimal::make(sum, both->scale);
}

std::optional<Decimal> subtract(const Decimal& a, const Decimal& b) { return add(a, b.negated()); }

std::optional<Decimal> divide_whole(const Decimal& a, const Decimal& b) {
  const auto both = align_somehow(a, b);
  if (!both || both->b == 0) return std::nullopt;
  return Decimal::make(both->a / both->b, 0);
}

std::optional<Decimal> remainder(const Decimal& a, const Decimal& b) {
  const auto both = align_somehow(a, b);
  if (!both || both->b == 0) return std::nullopt;
  return Decimal::make(both->a % both->b, both->scale);
}

}  // namespace yilian::fhirpath
