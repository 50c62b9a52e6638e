#include "engine/hl7v2/escape_charset.h"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/text/encoding.h"

namespace yilian::hl7v2 {
namespace {

// The switches of table 0211's sets. Single-byte: ASCII, JIS X 0201 Roman, the right halves of ISO 8859-1 to -9 and
// -15, JIS X 0201 Katakana.
constexpr std::array<std::string_view, 14> kSingle{"C2842", "C284A", "C2D41", "C2D42", "C2D43", "C2D44", "C2D4C",
                                                   "C2D47", "C2D46", "C2D48", "C2D4D", "C2D62", "C2949", "C2D54"};
// Double-byte sets in the upper half, where the decoder saw them: GB 2312, JIS X 0208, KS X 1001.
constexpr std::array<std::string_view, 3> kUpper{"M242941", "M242942", "M242943"};

struct Set {
  std::string_view name;
  text::Charset charset;
  bool upper;  // its code page has these bytes with the high bit set; else it wants ISO 2022 around them
};
// Double-byte sets in seven bits: JIS X 0208 of 1978 and 1983, GB 2312, KS X 1001.
constexpr std::array<Set, 6> kSeven{{{"M2440", text::Charset::iso2022_jp, false},
                                     {"M2442", text::Charset::iso2022_jp, false},
                                     {"M2441", text::Charset::gb2312, true},
                                     {"M242841", text::Charset::gb2312, true},
                                     {"M242842", text::Charset::iso2022_jp, false},
                                     {"M242843", text::Charset::euc_kr, true}}};

std::optional<std::string> decode(std::string_view seven, const Set& set) {
  std::string bytes;
  if (set.upper) {
    for (const char c : seven) bytes.push_back(static_cast<char>(c | 0x80));
  } else {
    bytes.append("\x1B$B").append(seven).append("\x1B(B");
  }
  auto decoded = text::to_utf8(bytes, set.charset);
  if (!decoded) return std::nullopt;
  return std::move(*decoded);
}

}  // namespace

bool switches_nothing(std::string_view body) {
  return std::find(kSingle.begin(), kSingle.end(), body) != kSingle.end() ||
         std::find(kUpper.begin(), kUpper.end(), body) != kUpper.end();
}

std::size_t double_byte_run(std::string_view part, char escape, std::string& out) {
  if (part.size() < 7 || part[0] != escape || part[1] != 'M') return 0;
  const std::size_t close = part.find(escape, 1);
  if (close == std::string_view::npos) return 0;
  const auto set = std::find_if(kSeven.begin(), kSeven.end(),
                                [&](const Set& known) { return known.name == part.substr(1, close - 1); });
  if (set == kSeven.end()) return 0;
  std::string_view seven = part.substr(close + 1);
  seven = seven.substr(0, seven.find(escape));
  const bool graphic = std::all_of(seven.begin(), seven.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (seven.empty() || seven.size() % 2 != 0 || !graphic) return 0;
  const auto decoded = decode(seven, *set);
  if (!decoded) return 0;
  out.append(*decoded);
  return close + 1 + seven.size();
}

}  // namespace yilian::hl7v2
