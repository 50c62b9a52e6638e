#include "engine/validation/base_rules.h"

#include <deque>
#include <set>
#include <stdexcept>
#include <unordered_map>

namespace yilian::embedded {
std::string_view constraints_r4();
}

namespace yilian::validation {
namespace {

using fhir::Type;

constexpr std::string_view kElementKey = "ele-1";

std::string_view next_field(std::string_view& line) {
  const std::size_t end = std::min(line.find('\t'), line.size());
  const std::string_view field = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return field;
}

struct Line {
  std::string_view path;
  ConstraintText text;
};

Line read_line(std::string_view line) {
  Line read;
  read.path = next_field(line);
  read.text.key = next_field(line);
  const std::string_view severity = next_field(line);
  read.text.severity = severity == "e" ? Severity::error : Severity::warning;
  read.text.best_practice = severity == "b";
  read.text.expression = next_field(line);
  read.text.human = line;
  return read;
}

class BaseRules {
 public:
  BaseRules() {
    std::string_view rest = embedded::constraints_r4();
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      const std::string_view line = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (line.empty() || line.front() == '#') continue;
      const Line read = read_line(line);
      texts_.emplace(std::string(read.text.key) + '\t' + std::string(read.text.expression));
      if (read.text.key != kElementKey) lines_[std::string(read.path)].push_back(read.text);
    }
    for (const Type* each : fhir::resource_types()) of(*each);
    for (const char* each : {"Resource", "DomainResource", "Extension"}) of(*fhir::type(each));
  }

  const TypeRules& of(const Type& type) {
    const auto [place, is_new] = rules_.try_emplace(&type);
    TypeRules& rules = place->second;
    if (!is_new) return rules;
    rules.type = &type;
    rules.members.resize(type.members->size());
    for (const Type* each = &type; each; each = each->base) add(std::string(each->name), *each, rules.constraints);
    for (const fhir::Element& element : type.elements) members(type, element, rules);
    return rules;
  }
  const TypeRules* find(const Type& type) const {
    const auto found = rules_.find(&type);
    return found == rules_.end() ? nullptr : &found->second;
  }
  bool has(std::string_view key, std::string_view expression) const {
    // que-7 and que-12 are here as they were corrected (tools/make-fhir-constraints), and elsewhere as they were.
    return key == kElementKey || key == "que-7" || key == "que-12" ||
           texts_.contains(std::string(key) + '\t' + std::string(expression));
  }
  std::size_t count() const { return texts_.size(); }

 private:
  void members(const Type& type, const fhir::Element& element, TypeRules& rules) {
    for (std::size_t i = 0; i < element.types.size(); ++i) {
      const fhir::MemberName* member = type.members->find(element.json_names[i]);
      if (!member) continue;
      MemberRules& made = rules.members[type.members->order(*member)];
      const Type& of_member = *element.types[i];
      // `rules` stays where it is: a node of the map.
      made.type = of_member.kind == Type::Kind::resource ? nullptr : &of(of_member);
      const std::string path = std::string(type.name) + '.' + std::string(element.name);
      if (!fhir::type(path)) add(path, of_member, made.constraints);  // a backbone's are with its type
    }
  }

  void add(const std::string& path, const Type& type, std::vector<const Constraint*>& to) {
    const auto found = lines_.find(path);
    if (found == lines_.end()) return;
    for (const ConstraintText& text : found->second) to.push_back(&compiled(text, type));
  }

  const Constraint& compiled(const ConstraintText& text, const Type& type) {
    for (const auto& [of_type, constraint] : kept_) {
      if (of_type == &type && constraint.key == text.key && constraint.expression.text() == text.expression)
        return constraint;
    }
    auto made = Constraint::compile(text, &type);
    if (!made) throw std::logic_error(std::string(text.key) + ": " + made.error().line());
    kept_.emplace_back(&type, std::move(*made));
    return kept_.back().second;
  }

  std::unordered_map<std::string, std::vector<ConstraintText>> lines_;
  std::set<std::string> texts_;
  std::unordered_map<const Type*, TypeRules> rules_;
  std::deque<std::pair<const Type*, Constraint>> kept_;
};

const BaseRules& all() {
  static const BaseRules rules;
  return rules;
}

}  // namespace

const TypeRules& base_rules(const Type& type) {
  const TypeRules* found = all().find(type);
  static const TypeRules none;
  return found ? *found : none;
}
bool is_base_constraint(std::string_view key, std::string_view expression) { return all().has(key, expression); }
std::size_t base_constraint_count() { return all().count(); }

}  // namespace yilian::validation
