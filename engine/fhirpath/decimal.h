#pragma once
// Exact decimals: up to 38 digits, of which up to 38 may stand behind the point, and as many as were written.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace yilian::fhirpath {

__extension__ typedef __int128 Int128;

class Decimal {
 public:
  static constexpr int kMostDigits = 38;
  static constexpr std::size_t kLongestText = 1024;  // longer texts are no numbers here
  // What a division or a function that never ends is rounded to: digits behind the point.
  static constexpr int kQuotientScale = 28;

  constexpr Decimal() = default;
  constexpr explicit Decimal(std::int64_t whole) : coefficient_(whole) {}

  // "-12.50", "1.5e-3" (exponents only of JSON numbers). Nothing: no number, or more digits than are kept.
  static std::optional<Decimal> parse(std::string_view text);
  // coefficient * 10^-scale; nothing when it has more digits than are kept.
  static std::optional<Decimal> make(Int128 coefficient, int scale);

  std::string text() const;             // "1.50": as many digits behind the point as scale()
  int scale() const { return scale_; }  // digits behind the point
  int digits() const;                   // significant ones, trailing zeros too; 1 for zero
  Int128 coefficient() const { return coefficient_; }
  bool is_zero() const { return coefficient_ == 0; }
  bool is_negative() const { return coefficient_ < 0; }
  bool is_whole() const;
  std::optional<std::int64_t> whole() const;  // without what is behind the point; nothing when it is too large
  Decimal negated() const;
  Decimal stripped() const;            // without trailing zeros behind the point
  Decimal rounded(int scale) const;    // half away from zero; with more digits than there are: as it is
  Decimal truncated(int scale) const;  // towards zero
  Decimal floor() const;
  Decimal ceiling() const;
  std::optional<Decimal> with_scale(int scale) const;  // zeros added; for a smaller scale as it is

  std::strong_ordering operator<=>(const Decimal& other) const;
  bool operator==(const Decimal& other) const { return (*this <=> other) == 0; }

 private:
  Int128 coefficient_ = 0;
  std::int32_t scale_ = 0;
};

// Nothing: too large for a decimal, or not defined (a division by zero, a root of a negative number).
std::optional<Decimal> add(const Decimal& a, const Decimal& b);
std::optional<Decimal> subtract(const Decimal& a, const Decimal& b);
std::optional<Decimal> multiply(const Decimal& a, const Decimal& b);
std::optional<Decimal> divide(const Decimal& a, const Decimal& b);
std::optional<Decimal> divide_whole(const Decimal& a, const Decimal& b);  // div: truncated
std::optional<Decimal> remainder(const Decimal& a, const Decimal& b);     // mod: of the sign of a
std::optional<Decimal> square_root(const Decimal& a);
std::optional<Decimal> exponential(const Decimal& a);
std::optional<Decimal> natural_logarithm(const Decimal& a);
std::optional<Decimal> logarithm(const Decimal& a, const Decimal& base);
std::optional<Decimal> power(const Decimal& a, const Decimal& exponent);

}  // namespace yilian::fhirpath
