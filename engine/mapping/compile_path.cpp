// Target paths: names of FHIR elements to steps.

#include <algorithm>

#include "engine/mapping/compiler.h"

namespace yilian::mapping {

using config::Node;

namespace {

std::vector<std::string_view> json_names(const fhir::Type& type) {
  std::vector<std::string_view> names;
  for (const fhir::Element& element : type.elements) {
    for (const std::string_view name : element.json_names) names.push_back(name);
  }
  return names;
}

bool may_refer(const fhir::Element& element, std::string_view type) {
  if (element.targets.empty()) return true;
  return std::any_of(element.targets.begin(), element.targets.end(),
                     [&](std::string_view t) { return t == type || t == "Resource" || t == "Any"; });
}

}  // namespace

std::uint32_t Compiler::slot(const std::string& trail) {
  const auto [found, fresh] = slots_.emplace(trail, static_cast<std::uint32_t>(slots_.size()));
  if (fresh && slots_.size() >= 1u << 24) throw std::length_error("more labels than a mapping can have");
  return found->second;
}

bool Compiler::add_element(std::string_view name, const std::string& label, bool labelled, const fhir::Type*& type,
                           std::string& trail, const Node& node) {
  const fhir::Found found = fhir::find_json(*type, name);
  if (found.element == nullptr) {
    const fhir::Element* choice = type->find(name);
    if (choice != nullptr && choice->choice && !choice->json_names.empty()) {
      fail(node, std::string(type->name) + "." + std::string(name) + " is of several types",
           "name one, as in JSON: " + std::string(choice->json_names.front()));
    } else {
      fail(node, std::string(type->name) + " has no element '" + std::string(name) + "'",
           did_you_mean(name, json_names(*type)));
    }
    return false;
  }
  if (labelled && !found.element->list) {
    fail(node, std::string(type->name) + "." + std::string(name) + " is no list and takes no label",
         "write it without [" + label + "]");
    return false;
  }
  Step step;
  step.kind = Step::Kind::element;
  step.element = found.element;
  step.type = found.type;
  step.name = fhir::json_name(*found.element, *found.type);
  step.order = found.element->order;
  step.list = found.element->list;
  step.primitive = primitive_named(found.type->name);
  step.required = step.primitive == Primitive::none ? required(found.type) : nullptr;
  trail += '.' + std::string(name) + '[' + label + ']';
  step.common = label.starts_with('=');
  // A common label is the same one in every map: only where it stands counts, and its parent tells that.
  step.slot = slot(step.common ? label + '.' + std::string(name) : trail);
  type = found.type;
  program_->steps.push_back(step);
  return true;
}

bool Compiler::add_entered(std::string_view name, const fhir::Type*& type, std::string& trail, const Node& node) {
  const fhir::Type* entered = fhir::type(name);
  if (entered == nullptr || !fhir::is_resource_type(name)) {
    std::vector<std::string_view> known;
    for (const fhir::Type* each : fhir::resource_types()) known.push_back(each->name);
    fail(node, "FHIR R4 has no resource " + std::string(name), did_you_mean(name, known));
    return false;
  }
  const Step& reference = program_->steps.back();
  if (type->name != "Reference") {
    fail(node, std::string(reference.name) + " is no reference, it cannot point to a " + std::string(name),
         "leave out (" + std::string(name) + ")");
    return false;
  }
  if (!may_refer(*reference.element, name)) {
    std::string targets;
    for (const auto each : reference.element->targets) targets += (targets.empty() ? "" : ", ") + std::string(each);
    fail(node, std::string(reference.name) + " cannot refer to a " + std::string(name), "it takes " + targets);
    return false;
  }
  Step step;
  step.kind = Step::Kind::enter;
  step.type = entered;
  step.required = required(entered);
  trail += '(' + std::string(name) + ')';
  step.slot = slot(trail);
  type = entered;
  program_->steps.push_back(step);
  return true;
}

// The item that a repetition chooses is of the marked list, else of the first one.
void Compiler::mark_repeating(Path& path) {
  for (std::uint32_t i = path.first; i < path.first + path.steps; ++i) {
    if (program_->steps[i].repeats) return;
  }
  for (std::uint32_t i = path.first; i < path.first + path.steps; ++i) {
    if (!program_->steps[i].list) continue;
    program_->steps[i].repeats = true;
    return;
  }
}

// path := step ("." step)*     step := name ["[" label "]"] ["(" Type ["[" … "]"] ["." path] ")"]
Compiler::Path Compiler::compile_path(const std::string& text, const Place& place, const Node& node) {
  Path path;
  path.first = static_cast<std::uint32_t>(program_->steps.size());
  path.type = place.target;
  std::string trail = place.label_space;
  std::size_t at = 0, open = 0;
  bool want_name = true;
  const auto word = [&] {
    const std::size_t begin = at;
    while (at < text.size() && text[at] != '.' && text[at] != '[' && text[at] != '(' && text[at] != ')') ++at;
    return std::string_view(text).substr(begin, at - begin);
  };
  const auto label = [&](std::string& out) {
    if (at >= text.size() || text[at] != '[') return false;
    const std::size_t end = std::min(text.find(']', at), text.size());
    out = text.substr(at + 1, end - at - 1);
    at = std::min(end + 1, text.size());
    return true;
  };
  while (at < text.size()) {
    if (!want_name) {
      if (text[at] == ')' && open > 0) {
        --open;
        ++at;
        continue;
      }
      if (text[at] == '.' && open > 0 && text[at - 1] == ')') break;  // nothing goes on behind a resource of its own
      if (text[at] == '.') {
        ++at;
        want_name = true;
        continue;
      }
      if (text[at] != '(') break;
      ++at;
      ++open;
      const std::string_view type = word();
      std::string ignored;
      label(ignored);
      if (!add_entered(type, path.type, trail, node)) return path;
      path.entered = true;
      continue;
    }
    const std::string_view name = word();
    std::string tag;
    const bool labelled = label(tag);
    const bool marked = !tag.empty() && tag.back() == '*';
    if (marked) tag.pop_back();
    const bool last =
        text.find_first_not_of(')', at) == std::string::npos || (at < text.size() && text[at] == '(' && !labelled);
    if (!labelled && last) tag = "#" + place.unique;
    if (!add_element(name, tag, labelled, path.type, trail, node)) return path;
    program_->steps.back().repeats = marked;
    path.entered = false;
    want_name = false;
  }
  if (at < text.size() || want_name || open > 0) {
    fail(node, "'" + text + "' is no path of elements",
         "write it like name[official].family or performer[x](Practitioner)");
    return path;
  }
  path.steps = static_cast<std::uint32_t>(program_->steps.size()) - path.first;
  path.ok = true;
  mark_repeating(path);
  return path;
}

}  // namespace yilian::mapping
