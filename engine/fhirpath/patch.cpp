#include "engine/fhirpath/patch.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "engine/fhir/check.h"
#include "engine/fhirpath/expression.h"
#include "engine/fhirpath/patch_tree.h"
#include "engine/fhirpath/type_names.h"

namespace yilian::fhirpath {
namespace {

using fhir::Element;
using fhir::Json;
using fhir::Type;

constexpr std::uint64_t kStepsOfAPath = 500'000;
constexpr int kDeepestParts = 50;
constexpr std::size_t kMostIssues = 1000;

const Type& part_type() {
  static const Type* const found = fhir::type("Parameters.parameter");
  return *found;
}

// value[x] of a part, whatever its type is called.
PatchValue value_of(const Json& part) {
  PatchValue made;
  for (const fhir::Member& member : part.members()) {
    const bool extra = member.name.starts_with('_');
    const fhir::Found found = fhir::find_json(part_type(), extra ? member.name.substr(1) : member.name);
    if (!found.element || (found.element->name != "value" && found.element->name != "resource")) continue;
    made.type = found.type;
    (extra ? made.extra : made.value) = &member.value;
  }
  return made;
}

// One operation: its parts by name, each at most once.
struct Operation {
  std::string where;  // "Parameters.parameter[2]"
  std::string_view type, path, name;
  const Json* value = nullptr;  // the part
  std::optional<std::size_t> index, source, destination;

  Failure fail(Code code, std::string what, std::string cure = {}) const {
    return yilian::fail(code, std::move(what), where, std::move(cure));
  }
};

Result<std::size_t> number(const Operation& operation, const Json& part, std::string_view name) {
  const PatchValue value = value_of(part);
  std::size_t made = 0;
  const std::string_view text = value.value ? value.value->text() : std::string_view();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), made);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    return operation.fail(Code::bad_value, "'" + std::string(name) + "' is no number from 0 on");
  }
  return made;
}

Result<void> read_part(Operation& operation, const Json& part) {
  const std::string_view name = part.text_at("name");
  const auto once = [&](bool there) -> Result<void> {
    if (there) return operation.fail(Code::bad_structure, "The part '" + std::string(name) + "' is there twice");
    return {};
  };
  const auto text = [&](std::string_view& into) -> Result<void> {
    YL_CHECK(once(!into.empty()));
    const PatchValue value = value_of(part);
    if (!value.value || !value.value->is_string() || value.value->text().empty()) {
      return operation.fail(Code::bad_structure, "The part '" + std::string(name) + "' is no text");
    }
    into = value.value->text();
    return {};
  };
  const auto count = [&](std::optional<std::size_t>& into) -> Result<void> {
    YL_CHECK(once(into.has_value()));
    YL_TRY(into, number(operation, part, name));
    return {};
  };
  if (name == "type") return text(operation.type);
  if (name == "path") return text(operation.path);
  if (name == "name") return text(operation.name);
  if (name == "index") return count(operation.index);
  if (name == "source") return count(operation.source);
  if (name == "destination") return count(operation.destination);
  if (name != "value") {
    return operation.fail(Code::bad_structure, "There is no part '" + std::string(name) + "' of an operation",
                          "Parts are type, path, name, value, index, source, destination");
  }
  YL_CHECK(once(operation.value != nullptr));
  operation.value = &part;
  return {};
}

// Each type of operation has its parts, and no others.
Result<void> check_parts(const Operation& operation) {
  struct Rule {
    std::string_view type;
    bool name, value, index, ends;
  };
  constexpr Rule rules[]{{"add", true, true, false, false},
                         {"insert", false, true, true, false},
                         {"delete", false, false, false, false},
                         {"replace", false, true, false, false},
                         {"move", false, false, false, true}};
  const auto rule = std::ranges::find(rules, operation.type, &Rule::type);
  if (rule == std::end(rules)) {
    return operation.fail(Code::bad_structure, "There is no operation '" + std::string(operation.type) + "'",
                          "Use add, insert, delete, replace or move");
  }
  if (operation.path.empty()) return operation.fail(Code::bad_structure, "The part 'path' is missing");
  struct Part {
    std::string_view name;
    bool there, wanted;
  };
  const Part parts[]{{"name", !operation.name.empty(), rule->name},
                     {"value", operation.value != nullptr, rule->value},
                     {"index", operation.index.has_value(), rule->index},
                     {"source", operation.source.has_value(), rule->ends},
                     {"destination", operation.destination.has_value(), rule->ends}};
  for (const Part& part : parts) {
    if (part.there == part.wanted) continue;
    return operation.fail(Code::bad_structure, "The part '" + std::string(part.name) + "' " +
                                                   (part.wanted ? "is missing" : "has no meaning here") + " (" +
                                                   std::string(operation.type) + ")");
  }
  return {};
}

// The element that a name means, and how JSON calls it for a type.
struct Target {
  const Element* element;
  std::string_view json_name;
};

class Patch {
 public:
  Patch(Json& root, fhir::Arena& arena) : tree_(root, arena), arena_(arena), root_(root_node(root)) {}

  Result<void> apply(const Operation& operation) {
    YL_CHECK(check_parts(operation));
    YL_TRY(const Collection found, find(operation, operation.path));
    if (operation.type == "add") return add(operation, found);
    if (operation.type == "insert") return insert(operation, found);
    if (operation.type == "delete") return remove(operation, found);
    if (operation.type == "replace") return replace(operation, found);
    return move(operation, found);
  }

 private:
  Result<Collection> find(const Operation& operation, std::string_view path);
  Result<const Node*> one(const Operation& operation, Collection found);
  Result<Target> target(const Operation& operation, const Type& in, std::string_view name, const PatchValue& value);
  Result<PatchValue> made_value(const Operation& operation, const Element& element, const Json& part, int depth);
  Result<void> put_part(const Operation& operation, Json& object, const Type& in, const Json& part, int depth);
  Result<const Node*> list(const Operation& operation, Collection found, std::size_t& count);
  Result<void> insert_first(const Operation& operation);

  Result<void> add(const Operation& operation, Collection found);
  Result<void> insert(const Operation& operation, Collection found);
  Result<void> remove(const Operation& operation, Collection found);
  Result<void> replace(const Operation& operation, Collection found);
  Result<void> move(const Operation& operation, Collection found);

  PatchTree tree_;
  fhir::Arena& arena_;
  Node root_;
};

Result<Collection> Patch::find(const Operation& operation, std::string_view path) {
  const auto placed = [&](Issue issue) {
    issue.where = operation.where + ", path, " + issue.where;
    return Failure(std::move(issue));
  };
  auto expression = Expression::compile(path, {.type = root_.type, .strict = true});
  if (!expression) return placed(std::move(expression).error());
  Context context{arena_};
  context.limits.steps = kStepsOfAPath;
  auto found = expression->evaluate(root_, context);
  if (!found) return placed(std::move(found).error());
  for (const Item& item : *found) {
    if (item.is_node()) continue;
    return operation.fail(Code::bad_value, "The path gives a value and no element of the resource");
  }
  return *found;
}

Result<const Node*> Patch::one(const Operation& operation, Collection found) {
  if (found.empty()) {
    return operation.fail(Code::not_found, "There is nothing at " + std::string(operation.path));
  }
  if (found.size() > 1) {
    return operation.fail(Code::conflict,
                          "There are " + std::to_string(found.size()) + " elements at " + std::string(operation.path),
                          "Choose one: [0], first(), where(…)");
  }
  return &found.front().node();
}

bool same_form(const Type& given, const Type& wanted) {
  if (given.kind != Type::Kind::primitive || wanted.kind != Type::Kind::primitive) return is_of(given, wanted);
  return fhir::json_kind(given.primitive) == fhir::json_kind(wanted.primitive);
}

Result<Target> Patch::target(const Operation& operation, const Type& in, std::string_view name,
                             const PatchValue& value) {
  if (name.ends_with("[x]")) name.remove_suffix(3);
  const Element* element = in.find(name);
  const Type* wanted = value.type;
  if (!element) {
    const fhir::Found found = fhir::find_json(in, name);
    element = found.element;
    if (element) wanted = found.type;
  } else if (!element->choice) {
    wanted = element->types.front();
  }
  if (!element) {
    return operation.fail(Code::bad_value,
                          "There is no element '" + std::string(name) + "' in " + std::string(in.name));
  }
  const std::string_view json_name = wanted ? fhir::json_name(*element, *wanted) : std::string_view();
  if (json_name.empty() || (value.type && !same_form(*value.type, *wanted))) {
    return operation.fail(Code::bad_value, "'" + std::string(name) + "' cannot be of type " +
                                               std::string(value.type ? value.type->name : "BackboneElement"));
  }
  return Target{element, json_name};
}

// Of value[x], or an object made of parts.
Result<PatchValue> Patch::made_value(const Operation& operation, const Element& element, const Json& part, int depth) {
  PatchValue made = value_of(part);
  const Json* const parts = part.find("part");
  if ((made.value || made.extra) && !parts) return made;
  if (made.value || made.extra || !parts || !parts->is_array() || parts->size() == 0) {
    return operation.fail(Code::bad_structure, "A value is either value[x] or parts, and not empty");
  }
  if (depth > kDeepestParts) return operation.fail(Code::too_deep, "Parts within parts beyond all measure");
  if (element.choice || element.types.front()->kind == Type::Kind::primitive) {
    return operation.fail(Code::bad_value, "'" + std::string(element.name) + "' cannot be made of parts",
                          "Give its value as value[x]");
  }
  auto* object = new (arena_.allocate(sizeof(Json), alignof(Json))) Json();
  object->set_object();
  for (const Json& each : parts->items()) {
    YL_CHECK(put_part(operation, *object, *element.types.front(), each, depth + 1));
  }
  made.value = object;
  return made;
}

// A part's name is that of a property; the same name again is the next value of a list.
Result<void> Patch::put_part(const Operation& operation, Json& object, const Type& in, const Json& part, int depth) {
  const std::string_view name = part.text_at("name");
  PatchValue value = value_of(part);
  YL_TRY(const Target at, target(operation, in, name, value));
  YL_TRY(value, made_value(operation, *at.element, part, depth));
  if (at.element->list) {
    tree_.insert(object, at.json_name, PatchTree::count(object, *at.element, at.json_name), value);
    return {};
  }
  if (PatchTree::has(object, *at.element)) {
    return operation.fail(Code::conflict, "'" + std::string(name) + "' is given twice and cannot repeat");
  }
  tree_.put(object, at.json_name, value);
  return {};
}

Result<void> Patch::add(const Operation& operation, Collection found) {
  YL_TRY(const Node* const node, one(operation, found));
  // A part like any other, under the operation's name.
  PatchValue value = value_of(*operation.value);
  YL_TRY(const Target at, target(operation, *node->type, operation.name, value));
  YL_TRY(value, made_value(operation, *at.element, *operation.value, 0));
  Json& object = tree_.holder(*node);
  if (at.element->list) {
    tree_.insert(object, at.json_name, PatchTree::count(object, *at.element, at.json_name), value);
    return {};
  }
  if (PatchTree::has(object, *at.element)) {
    return operation.fail(Code::conflict, place_of(*node) + "." + std::string(at.element->name) + " is there already",
                          "Use replace");
  }
  tree_.put(object, at.json_name, value);
  return {};
}

// Any one of a list, which the path must give as a whole: its indexes are those of the operation.
Result<const Node*> Patch::list(const Operation& operation, Collection found, std::size_t& count) {
  const Node& first = found.front().node();
  const bool together = std::ranges::all_of(found, [&](const Item& item) {
    return item.node().parent == first.parent && item.node().element == first.element;
  });
  if (!first.parent || !first.element->list) {
    return operation.fail(Code::bad_value, place_of(first) + " is no list");
  }
  count = PatchTree::count(tree_.holder(*first.parent), *first.element, first.element->name);
  if (!together || found.size() != count) {
    return operation.fail(Code::conflict, "The path does not give all elements of one list",
                          "Name the list as a whole: Patient.identifier");
  }
  return &first;
}

// Into a list that is not there yet: what is before the last name of the path has to be one element.
Result<void> Patch::insert_first(const Operation& operation) {
  const std::size_t dot = operation.path.rfind('.');
  const std::string_view name = dot == std::string_view::npos ? operation.path : operation.path.substr(dot + 1);
  Collection around = {};
  const Item root = Item::of(root_);
  if (dot == std::string_view::npos) {
    around = {&root, 1};
  } else {
    YL_TRY(around, find(operation, operation.path.substr(0, dot)));
  }
  YL_TRY(const Node* const node, one(operation, around));
  const Element* const element = node->type->find(name);
  if (!element) return operation.fail(Code::not_found, "There is nothing at " + std::string(operation.path));
  if (!element->list) return operation.fail(Code::bad_value, std::string(operation.path) + " is no list");
  if (*operation.index > 0) {
    return operation.fail(Code::bad_value, "The index is beyond the end of the list, which is empty");
  }
  PatchValue value = value_of(*operation.value);
  YL_TRY(const Target at, target(operation, *node->type, name, value));
  YL_TRY(value, made_value(operation, *element, *operation.value, 0));
  tree_.insert(tree_.holder(*node), at.json_name, 0, value);
  return {};
}

Result<void> Patch::insert(const Operation& operation, Collection found) {
  if (found.empty()) return insert_first(operation);
  std::size_t count = 0;
  YL_TRY(const Node* const any, list(operation, found, count));
  if (*operation.index > count) {
    return operation.fail(Code::bad_value,
                          "The index is beyond the end of the list, which has " + std::to_string(count) + " elements");
  }
  PatchValue value = value_of(*operation.value);
  YL_TRY(const Target at, target(operation, *any->parent->type, any->element->name, value));
  YL_TRY(value, made_value(operation, *any->element, *operation.value, 0));
  tree_.insert(tree_.holder(*any->parent), at.json_name, *operation.index, value);
  return {};
}

Result<void> Patch::remove(const Operation& operation, Collection found) {
  if (found.empty()) return {};
  YL_TRY(const Node* const node, one(operation, found));
  if (!node->parent) return operation.fail(Code::bad_value, "A patch cannot delete the resource itself");
  tree_.remove(*node);
  return {};
}

Result<void> Patch::replace(const Operation& operation, Collection found) {
  YL_TRY(const Node* const node, one(operation, found));
  if (!node->parent) return operation.fail(Code::bad_value, "A patch cannot replace the resource itself");
  PatchValue value = value_of(*operation.value);
  YL_TRY(const Target at, target(operation, *node->parent->type, node->element->name, value));
  YL_TRY(value, made_value(operation, *node->element, *operation.value, 0));
  tree_.replace(*node, at.json_name, value);
  return {};
}

Result<void> Patch::move(const Operation& operation, Collection found) {
  if (found.empty()) return operation.fail(Code::not_found, "There is nothing at " + std::string(operation.path));
  std::size_t count = 0;
  YL_TRY(const Node* const any, list(operation, found, count));
  if (*operation.source >= count || *operation.destination >= count) {
    return operation.fail(Code::bad_value,
                          "An index is beyond the end of the list, which has " + std::to_string(count) + " elements");
  }
  tree_.move(tree_.holder(*any->parent), any->element->name, *operation.source, *operation.destination);
  return {};
}

// Kinds of JSON that are not those of the types: what follows takes them for granted.
Result<void> check_structure(const Json& resource, std::string_view what) {
  std::vector<Issue> issues = fhir::check(resource, kMostIssues);
  if (issues.size() == kMostIssues) return fail(Code::bad_structure, "Too much is wrong with it", std::string(what));
  for (Issue& issue : issues) {
    if (issue.code != Code::bad_structure) continue;
    issue.where = std::string(what) + ": " + issue.where;
    return Failure(std::move(issue));
  }
  return {};
}

}  // namespace

Result<Json*> patch(const Json& resource, const Json& parameters, fhir::Arena& arena) {
  if (parameters.text_at("resourceType") != "Parameters") {
    return fail(Code::bad_structure, "A patch is a Parameters resource", "Parameters");
  }
  if (!fhir::resource_type(resource.text_at("resourceType"))) {
    return fail(Code::bad_structure, "What is to be patched is no resource of FHIR R4", "resource");
  }
  YL_CHECK(check_structure(resource, "resource"));
  YL_CHECK(check_structure(parameters, "patch"));
  Json* const made = copy(resource, arena);
  const Json* const operations = parameters.find("parameter");
  const auto all = operations ? operations->items() : std::span<const Json>();
  if (all.size() > kMostOperations) {
    return fail(Code::too_large, "More than " + std::to_string(kMostOperations) + " operations", "Parameters");
  }
  Patch patch(*made, arena);
  for (std::size_t i = 0; i < all.size(); ++i) {
    Operation operation;
    operation.where = "Parameters.parameter[" + std::to_string(i) + "]";
    const Json* const parts = all[i].find("part");
    if (all[i].text_at("name") != "operation" || !parts || !parts->is_array()) {
      return operation.fail(Code::bad_structure, "Each parameter is an 'operation' with parts");
    }
    for (const Json& part : parts->items()) YL_CHECK(read_part(operation, part));
    YL_CHECK(patch.apply(operation));
  }
  fhir::sort_members(*made);
  return made;
}

}  // namespace yilian::fhirpath
