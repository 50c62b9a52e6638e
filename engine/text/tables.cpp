#include "engine/text/tables.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "engine/text/utf8.h"

namespace yilian::embedded {
std::string_view text_fold();
std::string_view text_readings();
std::string_view text_name_readings();
}  // namespace yilian::embedded

namespace yilian::text {

namespace {

// Calls `with(line)` for every line that is no comment.
template <class With>
void each_line(std::string_view table, With with) {
  while (!table.empty()) {
    const std::size_t end = std::min(table.find('\n'), table.size());
    if (const std::string_view line = table.substr(0, end); !line.empty() && line[0] != '#') with(line);
    table.remove_prefix(std::min(end + 1, table.size()));
  }
}

[[noreturn]] void broken(const char* table, std::string_view line) {
  throw std::logic_error(std::string("the embedded table ") + table + " has a broken line: " + std::string(line));
}

// Keys apart from values, so that a search touches few cache lines.
struct FoldTable {
  std::vector<char32_t> keys;
  std::vector<std::string_view> values;

  FoldTable() {
    keys.reserve(12000);
    values.reserve(12000);
    each_line(embedded::text_fold(), [&](std::string_view line) {
      std::size_t at = 0;
      const char32_t key = next_character(line, at);
      if (at == line.size() || (!keys.empty() && key <= keys.back())) broken("fold", line);
      keys.push_back(key);
      values.push_back(line.substr(at));
    });
  }
};

// A syllable's number for every character of the two ranges that hold nearly all; 0 is none.
class ReadingTable {
 public:
  ReadingTable() {
    syllables_.emplace_back();
    each_line(embedded::text_readings(), [&](std::string_view line) {
      const std::size_t blank = line.find(' ');
      if (blank == std::string_view::npos) broken("readings", line);
      const auto number = static_cast<std::uint16_t>(syllables_.size());
      syllables_.push_back(line.substr(0, blank));
      for (std::size_t at = blank + 1; at < line.size();) {
        if (std::uint16_t* slot = slot_of(next_character(line, at))) *slot = number;
      }
    });
  }

  std::string_view of(char32_t character) {
    const std::uint16_t* slot = slot_of(character);
    return slot ? syllables_[*slot] : std::string_view();
  }

 private:
  static constexpr char32_t kBasicFirst = 0x3000, kBasicEnd = 0xA000, kMoreFirst = 0x20000, kMoreEnd = 0x323B0;

  std::uint16_t* slot_of(char32_t c) {
    if (c >= kBasicFirst && c < kBasicEnd) return &basic_[c - kBasicFirst];
    if (c >= kMoreFirst && c < kMoreEnd) return &more_[c - kMoreFirst];
    return nullptr;  // a compatibility form: its reading is that of what it folds to
  }

  std::vector<std::string_view> syllables_;
  std::vector<std::uint16_t> basic_ = std::vector<std::uint16_t>(kBasicEnd - kBasicFirst);
  std::vector<std::uint16_t> more_ = std::vector<std::uint16_t>(kMoreEnd - kMoreFirst);
};

using Special = std::tuple<Place, char32_t, char32_t>;

std::map<Special, std::string_view> read_special() {
  std::map<Special, std::string_view> special;
  each_line(embedded::text_name_readings(), [&](std::string_view line) {
    const std::size_t first_blank = line.find(' ');
    const std::size_t second_blank = line.find(' ', first_blank + 1);
    if (first_blank == std::string_view::npos || second_blank == std::string_view::npos) broken("name-readings", line);
    const std::string_view kind = line.substr(0, first_blank);
    const std::string_view characters = line.substr(first_blank + 1, second_blank - first_blank - 1);
    const Place place = kind == "surname" ? Place::surname : kind == "given" ? Place::given : Place::any;
    std::size_t at = 0;
    const char32_t first = next_character(characters, at);
    const char32_t second = at < characters.size() ? next_character(characters, at) : 0;
    if (at != characters.size() || (place == Place::any && kind != "any")) broken("name-readings", line);
    special[{place, first, second}] = line.substr(second_blank + 1);
  });
  return special;
}

}  // namespace

std::string_view folded(char32_t character) {
  static const FoldTable table;
  const auto found = std::ranges::lower_bound(table.keys, character);
  if (found == table.keys.end() || *found != character) return {};
  return table.values[static_cast<std::size_t>(found - table.keys.begin())];
}

char32_t simplified(char32_t character) {
  const std::string_view other = folded(character);
  if (other.empty()) return character;
  std::size_t at = 0;
  const char32_t first = next_character(other, at);
  return at == other.size() ? first : character;
}

std::string_view syllable(char32_t character) {
  static ReadingTable table;
  return table.of(character);
}

std::string_view special_reading(Place place, char32_t first, char32_t second) {
  static const std::map<Special, std::string_view> special = read_special();
  const auto found = special.find({place, first, second});
  return found == special.end() ? std::string_view() : found->second;
}

}  // namespace yilian::text
