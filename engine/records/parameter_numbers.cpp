#include "engine/records/parameter_numbers.h"

#include <unordered_map>

#include "engine/records/index_plan.h"

namespace yilian::embedded {
std::string_view record_parameters();
}

namespace yilian::records {

namespace {

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

}  // namespace

std::uint32_t parameter_number(std::string_view code) {
  const auto found = numbers().find(code);
  return found == numbers().end() ? 0 : found->second;
}

std::uint32_t last_parameter_number() { return kDeletedCode + static_cast<std::uint32_t>(numbers().size()); }

}  // namespace yilian::records
