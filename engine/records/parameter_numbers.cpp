#include "engine/records/parameter_numbers.h"

#include <unordered_map>

#include "engine/records/index_plan.h"

namespace yilian::embedded {
std::string_view record_parameters();
}

namespace yilian::records {

std::uint32_t parameter_number(std::string_view code) {
  static const auto numbers = [] {
    std::unordered_map<std::string_view, std::uint32_t> made;
    std::uint32_t next = kDeletedCode + 1;
    std::string_view rest = embedded::record_parameters();
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      const std::string_view line = rest.substr(0, end);
      if (!line.empty() && line.front() != '#') made.emplace(line, next++);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return made;
  }();
  const auto found = numbers.find(code);
  return found == numbers.end() ? 0 : found->second;
}

}  // namespace yilian::records
