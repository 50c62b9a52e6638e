#include "engine/hl7v2/versions.h"

#include <algorithm>

#include "engine/hl7v2/grammar.h"

namespace yilian::embedded {
std::string_view hl7v2_versions();
}

namespace yilian::hl7v2 {
namespace {

constexpr std::string_view kKnown[] = {"2.1", "2.2",   "2.3", "2.3.1", "2.4",   "2.5", "2.5.1",
                                       "2.6", "2.7", "2.7.1", "2.8", "2.8.1", "2.8.2", "2.9"};

std::string_view word(std::string_view& line) {
  const auto blank = line.find(' ');
  const auto first = line.substr(0, blank);
  line = blank == std::string_view::npos ? std::string_view() : line.substr(blank + 1);
  return first;
}

unsigned number(std::string_view& text) {
  unsigned value = 0;
  std::size_t i = 0;
  for (; i < text.size() && text[i] >= '0' && text[i] <= '9' && i < 9; ++i)
    value = value * 10 + static_cast<unsigned>(text[i] - '0');
  text.remove_prefix(std::min(text.size(), i + 1));
  return value;
}

}  // namespace

bool is_version(std::string_view text) { return std::find(std::begin(kKnown), std::end(kKnown), text) != std::end(kKnown); }

int compare_numbers(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    const unsigned left = number(a), right = number(b);
    if (left != right) return left < right ? -1 : 1;
  }
  return 0;
}

Version::Version(std::string_view version) : name_(version), newest_(compare_numbers(version, "2.8") >= 0) {
  if (newest_) return;
  std::string_view text = embedded::hl7v2_versions();
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.empty() || line[0] == '#') continue;
    const auto kind = word(line), name = word(line), since = word(line);
    if (compare_numbers(since, version) > 0) continue;
    std::vector<std::string_view> types;
    while (!line.empty()) types.push_back(word(line));
    auto& all = kind == "S" ? segments_ : types_;
    if (types.size() == 1 && types[0] == "-") {
      all.erase(name);
    } else {
      all[name] = std::move(types);
    }
  }
}

std::string_view Version::datatype(std::string_view segment, unsigned field, unsigned component) const {
  std::string_view type;
  if (newest_) {
    const auto* facts = field_facts(segment, field);
    type = facts == nullptr ? std::string_view() : facts->datatype;
    return component == 0 || type.empty() ? type : component_datatype(type, component);
  }
  const auto found = segments_.find(segment);
  if (found == segments_.end() || field == 0 || field > found->second.size()) return {};
  type = found->second[field - 1];
  if (component == 0) return type;
  const auto parts = types_.find(type);
  if (parts == types_.end()) return component == 1 ? type : std::string_view();
  return component <= parts->second.size() ? parts->second[component - 1] : std::string_view();
}

Version::Lacks Version::lacks(std::string_view segment, unsigned field, unsigned component, unsigned subcomponent) const {
  if (segment.starts_with('Z')) return Lacks::nothing;
  if (newest_ ? !is_segment(segment) : !segments_.contains(segment)) return Lacks::segment;
  const auto type = datatype(segment, field, 0);
  if (type.empty()) return Lacks::field;
  // A value whose type another field names, and a composite that the dictionary does not take apart, hold anything.
  if (type == "VARIES" || type == "varies" || type == "CM" || (segment == "OBX" && field == 5)) return Lacks::nothing;
  const auto parts = [&](std::string_view name) -> std::size_t {
    if (newest_) return std::max(1u, component_count(name));
    const auto found = types_.find(name);
    return found != types_.end() ? found->second.size() : name.starts_with("CM") ? 99 : 1;
  };
  if (component > parts(type)) return Lacks::component;
  if (subcomponent <= 1) return Lacks::nothing;
  const auto inner = datatype(segment, field, component);
  return subcomponent > parts(inner) ? Lacks::component : Lacks::nothing;
}

}  // namespace yilian::hl7v2
