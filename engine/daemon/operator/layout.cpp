#include "engine/daemon/operator/layout.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "engine/text/utf8.h"

namespace yilian::daemon {
namespace {

struct Range {
  char32_t from, to;
};

// Unicode's East Asian Wide and Fullwidth (UAX 11), in the blocks that people write with.
constexpr std::array<Range, 13> kWide{{{0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0x33FF}, {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xA000, 0xA4CF}, {0xAC00, 0xD7A3},
                                       {0xF900, 0xFAFF}, {0xFE30, 0xFE4F}, {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}}};
constexpr std::array<Range, 4> kCombining{{{0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}}};

template <std::size_t N>
bool within(const std::array<Range, N>& ranges, char32_t c) {
  return std::any_of(ranges.begin(), ranges.end(), [c](const Range& range) { return c >= range.from && c <= range.to; });
}

std::size_t columns_of(char32_t c) { return within(kCombining, c) ? 0 : within(kWide, c) ? 2 : 1; }

std::string padded(std::string_view text, std::size_t width, bool right) {
  const std::string blanks(width - std::min(width, width_of(text)), ' ');
  return right ? blanks + std::string(text) : std::string(text) + blanks;
}

void trim_end(std::string& line) {
  while (line.ends_with(" ")) line.pop_back();
}

}  // namespace

std::size_t width_of(std::string_view utf8) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < utf8.size();) width += columns_of(text::next_character(utf8, at));
  return width;
}

std::string plain(std::string_view utf8) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t begin = at;
    const char32_t c = text::next_character(utf8, at);
    // A byte that is no character comes as itself: it is below 0x100 as well, and alone.
    if (c < 0x20 || (c >= 0x7F && c < 0xA0) || (c < 0x100 && c >= 0x80 && at - begin == 1)) {
      out.append("\\x").push_back(digits[c >> 4 & 15]);
      out.push_back(digits[c & 15]);
    } else {
      out.append(utf8.substr(begin, at - begin));
    }
  }
  return out;
}

std::string cut(std::string_view utf8, std::size_t width) {
  if (width_of(utf8) <= width) return std::string(utf8);
  std::size_t used = 0;
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t begin = at;
    used += columns_of(text::next_character(utf8, at));
    if (used + 1 > width) return std::string(utf8.substr(0, begin)) + "…";
  }
  return std::string(utf8);
}

std::vector<std::string> folded(std::string_view utf8, std::size_t width) {
  width = std::max<std::size_t>(width, 2);
  std::vector<std::string> lines;
  std::size_t begin = 0, used = 0, blank = 0;  // of the line; blank: where its last blank ends
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t character = at;
    const std::size_t more = columns_of(text::next_character(utf8, at));
    if (used + more > width) {
      // Between words, when that does not leave half a line empty.
      const std::size_t end = blank > begin && (character - blank) * 2 < width ? blank : character;
      lines.emplace_back(utf8.substr(begin, end - begin));
      begin = end;
      used = width_of(utf8.substr(begin, character - begin));
    }
    used += more;
    if (utf8[character] == ' ') blank = at;
  }
  lines.emplace_back(utf8.substr(begin));
  return lines;
}

std::string Table::text() const {
  std::vector<std::size_t> widths;
  std::vector<bool> right;
  std::vector<std::string> names;
  for (const std::string& heading : headings_) {
    right.push_back(heading.starts_with(">"));
    names.push_back(right.back() ? heading.substr(1) : heading);
    widths.push_back(width_of(names.back()));
  }
  std::vector<std::vector<std::string>> rows{names};
  for (const auto& row : rows_) {
    rows.emplace_back();
    for (std::size_t i = 0; i < widths.size(); ++i) {
      rows.back().push_back(i < row.size() ? plain(row[i]) : "");
      widths[i] = std::max(widths[i], width_of(rows.back().back()));
    }
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < widths.size(); ++i) line.append(i == 0 ? "" : "  ").append(padded(row[i], widths[i], right[i]));
    trim_end(line);
    out.append(line).append("\n");
  }
  return out;
}

std::string side_by_side(const std::string& left_heading, const std::vector<std::string>& left, const std::string& right_heading, const std::vector<std::string>& right, std::size_t width) {
  const std::size_t half = std::max<std::size_t>(20, (width - 3) / 2);
  const auto lines_of = [&](const std::string& heading, const std::vector<std::string>& text) {
    std::vector<std::string> lines{heading, std::string(std::min(half, width_of(heading)), '-')};
    for (const std::string& line : text) {
      for (std::string& part : folded(plain(line), half)) lines.push_back(std::move(part));
    }
    return lines;
  };
  const auto l = lines_of(left_heading, left), r = lines_of(right_heading, right);
  std::string out;
  for (std::size_t i = 0; i < std::max(l.size(), r.size()); ++i) {
    std::string line = padded(i < l.size() ? l[i] : "", half, false) + " | " + (i < r.size() ? r[i] : "");
    trim_end(line);
    out.append(line).append("\n");
  }
  return out;
}

std::size_t terminal_width() {
  if (const char* columns = std::getenv("COLUMNS")) {
    const long number = std::strtol(columns, nullptr, 10);
    if (number >= 40 && number <= 1000) return static_cast<std::size_t>(number);
  }
  winsize size{};
  if (::isatty(STDOUT_FILENO) == 1 && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) return size.ws_col;
  return 160;
}

}  // namespace yilian::daemon
