#include "engine/hl7v2/grammar.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "engine/hl7v2/plan.h"

namespace yilian::embedded {
std::string_view hl7v2_definitions();
}

namespace yilian::hl7v2 {
namespace {

using Table = std::unordered_map<std::string_view, std::vector<FieldFacts>>;

std::string_view word(std::string_view& line) {
  while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  const std::string_view first = line.substr(0, line.find(' '));
  line.remove_prefix(first.size());
  return first;
}

// Reads the notation of the definitions: [optional] {repeating} GROUP( … ).
class StructureReader {
 public:
  explicit StructureReader(std::string_view text) : text_(text) {}
  std::vector<Particle> list(char end) {
    std::vector<Particle> particles;
    for (;;) {
      skip();
      if (text_.empty() || text_.front() == end) break;
      particles.push_back(one());
    }
    return particles;
  }

 private:
  void skip() {
    while (!text_.empty() && text_.front() == ' ') text_.remove_prefix(1);
  }
  Particle one() {
    bool optional = false, repeats = false;
    std::string closing;
    while (text_.front() == '[' || text_.front() == '{') {
      (text_.front() == '[' ? optional : repeats) = true;
      closing.insert(closing.begin(), text_.front() == '[' ? ']' : '}');
      text_.remove_prefix(1);
      skip();
    }
    Particle particle;
    particle.name = text_.substr(0, text_.find_first_of(" ]})("));
    text_.remove_prefix(particle.name.size());
    particle.group = !text_.empty() && text_.front() == '(';
    if (particle.group) {
      text_.remove_prefix(1);
      particle.children = list(')');
      if (!text_.empty()) text_.remove_prefix(1);
    }
    for (const char c : closing) {
      skip();
      if (!text_.empty() && text_.front() == c) text_.remove_prefix(1);
    }
    particle.required = !optional;
    particle.repeats = repeats;
    return particle;
  }
  std::string_view text_;
};

struct Structure {
  Particle root;
  mutable std::once_flag planned;
  mutable std::unique_ptr<Plan> plan;  // made when a message is first arranged by it
};

// All that the definitions say, read at the first question (2 ms).
struct Definitions {
  Table segments;
  std::unordered_map<std::string_view, std::vector<std::string_view>> datatypes;
  std::unordered_map<std::string_view, Structure> structures;
  std::unordered_map<std::string, std::string_view> events;

  Definitions() {
    std::string_view rest = embedded::hl7v2_definitions();
    std::vector<FieldFacts>* fields = nullptr;
    while (!rest.empty()) {
      std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      const std::string_view kind = word(line);
      if (kind == "S") {
        fields = &segments[word(line)];
      } else if (kind == "F" && fields != nullptr) {
        const std::string_view number = word(line);
        std::size_t index = 0;
        std::from_chars(number.data(), number.data() + number.size(), index);
        const std::string_view type = word(line);
        const bool repeats = word(line) == "*";
        if (index == 0 || index > 500) continue;
        if (fields->size() < index) fields->resize(index, FieldFacts{"", "ST", true});
        (*fields)[index - 1] = {line.empty() ? line : line.substr(1), type, repeats};
      } else if (kind == "D") {
        auto& parts = datatypes[word(line)];
        for (std::string_view part = word(line); !part.empty(); part = word(line)) parts.push_back(part);
      } else if (kind == "M") {
        const std::string_view name = word(line);
        structures[name].root = {name, true, true, false, StructureReader(line).list('\0')};
      } else if (kind == "E") {
        std::string key(word(line));
        key.append("^").append(word(line));
        events.emplace(std::move(key), word(line));
      }
    }
  }
};

const Definitions& definitions() {
  static const Definitions all;
  return all;
}

}  // namespace

const FieldFacts* field_facts(std::string_view segment, unsigned field) {
  const auto& segments = definitions().segments;
  const auto found = segments.find(segment);
  if (found == segments.end() || field == 0 || field > found->second.size()) return nullptr;
  return &found->second[field - 1];
}

bool is_segment(std::string_view id) { return definitions().segments.count(id) != 0; }

unsigned component_count(std::string_view datatype) {
  const auto found = definitions().datatypes.find(datatype);
  return found == definitions().datatypes.end() ? 0 : static_cast<unsigned>(found->second.size());
}

std::string_view component_datatype(std::string_view datatype, unsigned component) {
  const auto found = definitions().datatypes.find(datatype);
  if (found == definitions().datatypes.end() || component == 0 || component > found->second.size()) return {};
  return found->second[component - 1];
}

const Particle* structure(std::string_view name) {
  const auto found = definitions().structures.find(name);
  return found == definitions().structures.end() ? nullptr : &found->second.root;
}

const Plan* plan_of(const Particle& structure) {
  const auto found = definitions().structures.find(structure.name);
  if (found == definitions().structures.end() || &found->second.root != &structure) return nullptr;
  std::call_once(found->second.planned, [&] { found->second.plan = std::make_unique<Plan>(structure); });
  return found->second.plan.get();
}

std::string_view structure_of(std::string_view type, std::string_view event) {
  std::string key(type);
  key.append("^").append(event);
  if (const auto found = definitions().events.find(key); found != definitions().events.end()) return found->second;
  key[type.size()] = '_';
  const auto found = definitions().structures.find(key);
  return found == definitions().structures.end() ? std::string_view() : found->second.root.name;
}

}  // namespace yilian::hl7v2
