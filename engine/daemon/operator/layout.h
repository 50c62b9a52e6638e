#pragma once
// Text on a terminal: columns that fit Chinese, two texts side by side.

#include <string>
#include <string_view>
#include <vector>

namespace yilian::daemon {

// How many columns it takes: 2 for a character that is wide, 0 for one that combines.
std::size_t width_of(std::string_view utf8);

// What came from elsewhere, so that a terminal shows it and obeys nothing in it: control characters are written as \xNN.
std::string plain(std::string_view utf8);

// Cut to so many columns, with an ellipsis where something is missing.
std::string cut(std::string_view utf8, std::size_t width);
// In lines of at most so many columns (at least 2).
std::vector<std::string> folded(std::string_view utf8, std::size_t width);

// Columns under headings; a heading that begins with '>' is of numbers, which stand at the right.
class Table {
 public:
  explicit Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }  // as many as headings
  bool empty() const { return rows_.empty(); }
  std::string text() const;

 private:
  std::vector<std::string> headings_;
  std::vector<std::vector<std::string>> rows_;
};

// Two texts beside each other, each with a heading, within `width` columns; long lines are folded.
std::string side_by_side(const std::string& left_heading, const std::vector<std::string>& left, const std::string& right_heading, const std::vector<std::string>& right, std::size_t width);

// Of standard output: as COLUMNS says, as the terminal is, else 160.
std::size_t terminal_width();

}  // namespace yilian::daemon
