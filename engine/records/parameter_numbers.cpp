#include "engine/records/parameter_numbers.h"

#include <algorithm>
#include <unordered_map>

#include "engine/records/index_plan.h"

namespace yilian::embedded {
std::string_view record_parameters();
}

namespace yilian::records {

namespace {

constexpr std::string_view kEnds = ":end";

using Numbers = std::unordered_map<std::string_view, std::uint32_t>;

const Numbers& numbers() {
  static const Numbers made = [] {
    Numbers read;
    std::uint32_t next = kDeletedCode + 1;
    std::string_view rest = embedded::record_parameters();
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      const std::string_view line = rest.substr(0, end);
      if (!line.empty() && line.front() != '#') read.emplace(line, next++);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return read;
  }();
  return made;
}

// Of dates: the parameter's number, that of its ends.
const std::unordered_map<std::uint32_t, std::uint32_t>& ends() {
  static const auto made = [] {
    std::unordered_map<std::uint32_t, std::uint32_t> read;
    for (const auto& [code, number] : numbers()) {
      if (code.ends_with(kEnds)) read.emplace(parameter_number(code.substr(0, code.size() - kEnds.size())), number);
    }
    return read;
  }();
  return made;
}

}  // namespace

std::uint32_t parameter_number(std::string_view code) {
  const auto found = numbers().find(code);
  return found == numbers().end() ? 0 : found->second;
}

std::uint32_t ends_of(std::uint32_t parameter) {
  const auto found = ends().find(parameter);
  return found == ends().end() ? 0 : found->second;
}

bool holds_ends(std::uint32_t parameter) {
  return std::ranges::any_of(ends(), [parameter](const auto& each) { return each.second == parameter; });
}

std::uint32_t last_parameter_number() { return kDeletedCode + static_cast<std::uint32_t>(numbers().size()); }

}  // namespace yilian::records
