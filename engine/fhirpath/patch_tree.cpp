#include "engine/fhirpath/patch_tree.h"

#include <algorithm>
#include <string>

namespace yilian::fhirpath {

using fhir::Json;

std::string_view PatchTree::beside(std::string_view name) { return arena_.copy("_" + std::string(name)); }

Json& PatchTree::holder(const Node& node) {
  if (!node.parent) return root_;
  Json& object = holder(*node.parent);
  const std::string_view name = json_name_of(node);
  Json* value = &object.member(arena_, node.is_primitive() ? beside(name) : name);
  if (node.index != Node::kNoIndex) {
    if (value->is_null()) value->set_array();
    while (value->items().size() <= node.index) value->append(arena_);
    value = &value->items()[node.index];
  }
  if (!value->is_object()) value->set_object();
  return *value;
}

std::size_t PatchTree::count(const Json& object, const fhir::Element& element, std::string_view name) {
  if (!element.list) return has(object, element) ? 1 : 0;
  const Json* const values = object.find(name);
  const Json* const extras = object.find("_" + std::string(name));
  return std::max(values ? values->items().size() : 0, extras ? extras->items().size() : 0);
}

bool PatchTree::has(const Json& object, const fhir::Element& element) {
  return std::ranges::any_of(element.json_names, [&](std::string_view name) {
    return object.find(name) || object.find("_" + std::string(name));
  });
}

void PatchTree::set(Json& object, std::string_view name, const Json* value) {
  if (value) {
    object.member(arena_, name) = *copy(*value, arena_);
  } else {
    object.remove(name);
  }
}

void PatchTree::put(Json& object, std::string_view name, const PatchValue& value) {
  set(object, name, value.value);
  set(object, beside(name), value.extra);
}

// In a list of so many values, of which this one may have fewer or none.
void PatchTree::insert_into(Json& object, std::string_view name, std::size_t count, std::size_t index,
                            const Json* value) {
  Json* list = object.find(name);
  if (!list && !value) return;
  if (!list) {
    list = &object.add(arena_, name);
    list->set_array();
  }
  while (list->items().size() <= count) list->append(arena_);
  const auto items = list->items();
  std::rotate(items.begin() + static_cast<std::ptrdiff_t>(index), items.end() - 1, items.end());
  if (value) items[index] = *copy(*value, arena_);
}

void PatchTree::insert(Json& object, std::string_view name, std::size_t index, const PatchValue& value) {
  const Json* const values = object.find(name);
  const Json* const extras = object.find(beside(name));
  const std::size_t count = std::max(values ? values->items().size() : 0, extras ? extras->items().size() : 0);
  insert_into(object, name, count, index, value.value);
  insert_into(object, beside(name), count, index, value.extra);
  tidy(object, name);
}

void PatchTree::replace(const Node& node, std::string_view name, const PatchValue& value) {
  Json& object = holder(*node.parent);
  const std::string_view old = json_name_of(node);
  if (node.index == Node::kNoIndex) {
    if (old != name) {
      object.remove(old);
      object.remove(beside(old));
    }
    return put(object, name, value);
  }
  const auto one = [&](std::string_view of, const Json* made) {
    Json* list = object.find(of);
    if (!list && !made) return;
    if (!list) {
      list = &object.add(arena_, of);
      list->set_array();
    }
    while (list->items().size() <= node.index) list->append(arena_);
    Json& item = list->items()[node.index];
    if (made) {
      item = *copy(*made, arena_);
    } else {
      item.set_null();
    }
  };
  one(name, value.value);
  one(beside(name), value.extra);
  tidy(object, name);
}

void PatchTree::move(Json& object, std::string_view name, std::size_t from, std::size_t to) {
  for (const std::string_view each : {name, beside(name)}) {
    Json* const list = object.find(each);
    if (!list) continue;
    while (list->items().size() <= std::max(from, to)) list->append(arena_);
    const auto at = [&](std::size_t i) { return list->items().begin() + static_cast<std::ptrdiff_t>(i); };
    if (from < to) {
      std::rotate(at(from), at(from + 1), at(to + 1));
    } else {
      std::rotate(at(to), at(from), at(from + 1));
    }
  }
  tidy(object, name);
}

// Nothing is written of a list without values, and no nulls at the end of both lists of a primitive.
void PatchTree::tidy(Json& object, std::string_view name) {
  for (const std::string_view each : {name, beside(name)}) {
    const Json* const list = object.find(each);
    if (list && list->is_array() &&
        std::ranges::all_of(list->items(), [](const Json& item) { return item.is_null(); })) {
      object.remove(each);
    }
  }
}

void PatchTree::remove(const Node& node) {
  Json& object = holder(*node.parent);
  const std::string_view name = json_name_of(node);
  for (const std::string_view each : {name, beside(name)}) {
    Json* const value = object.find(each);
    if (!value) continue;
    if (node.index == Node::kNoIndex) {
      object.remove(each);
    } else {
      value->remove_item(node.index);
    }
  }
  tidy(object, name);
  if (object.size() > 0 || !node.parent->parent) return;
  const Node& parent = *node.parent;
  if (!parent.is_primitive()) return remove(parent);
  // What held the extensions of a primitive: the primitive goes only when it has no value either.
  if (!parent.value) return remove(parent);
  Json& around = holder(*parent.parent);
  const std::string_view extras = beside(json_name_of(parent));
  if (parent.index == Node::kNoIndex) {
    around.remove(extras);
  } else if (Json* const list = around.find(extras)) {
    list->items()[parent.index].set_null();
    tidy(around, json_name_of(parent));
  }
}

}  // namespace yilian::fhirpath
