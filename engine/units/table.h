#pragma once
// What UCUM says of its prefixes and units, from definitions/ucum.txt: read once, at first use, and never changed.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/units/factor.h"

namespace yilian::units {

inline constexpr std::size_t kMostDimensions = 128;
// Exponents of the base units, of what is counted (mole, field of view), of the arbitrary units.
using Dimension = std::array<std::int8_t, kMostDimensions>;

enum class Function : std::uint8_t { none, cel, degf, degre, tan100, hpx, hpc, hpm, hpq, ph, ln, lg, lg2, sqrt, ld };

// A unit in base units. A special one is `function` of a number of `factor` × `dimension`.
struct Unit {
  Factor factor;
  Dimension dimension{};
  Function function = Function::none;
  std::string_view special;  // the code of the special unit
  Factor prefix;             // of a special unit: it stands before the function
};

class Table {
 public:
  static const Table& instance();

  const Factor* prefix(std::string_view code) const;
  struct Atom {
    Unit unit;
    bool metric = false;  // takes prefixes
  };
  const Atom* atom(std::string_view code) const;
  // "g.m-3"; "1" for none.
  std::string text(const Dimension& dimension) const;

 private:
  explicit Table(std::string_view definitions);
  void read_line(std::string_view line);
  void read_unit(const std::array<std::string_view, 6>& fields);
  void add_base(std::string_view code, bool metric);

  std::unordered_map<std::string_view, Factor> prefixes_;
  std::unordered_map<std::string_view, Atom> atoms_;
  std::vector<std::string_view> dimensions_;
  std::vector<std::array<std::string_view, 6>> waiting_;  // units whose own units come later in the file
};

}  // namespace yilian::units
