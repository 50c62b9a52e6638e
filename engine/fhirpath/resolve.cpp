#include "engine/fhirpath/resolve.h"

#include "engine/fhir/reference_text.h"

namespace yilian::fhirpath {
namespace {

using fhir::Json;

std::string_view reference_text(const Item& item) {
  if (item.kind() == Item::Kind::string) return item.text();
  if (!item.is_node() || !item.node().value) return {};
  const Json& value = *item.node().value;
  return item.node().is_primitive() ? value.text() : value.text_at("reference");
}

// The node of a resource within the one that holds it, so that its place is known.
const Node* inside(Run& run, const Node& parent, std::string_view element_name, const Json& value, std::size_t index) {
  Node node = root_node(value);
  node.parent = &parent;
  node.element = parent.type->find(element_name);
  node.index = static_cast<std::uint32_t>(index);
  return &keep(run.arena(), node);
}

const Node* contained(Run& run, std::string_view id) {
  const Node* const root = run.root_resource();
  if (!root || !root->value) return nullptr;
  if (id.empty()) return root;
  const Json* const list = root->value->find("contained");
  if (!list) return nullptr;
  for (std::size_t i = 0; i < list->size() && list->is_array() && run.spend(1); ++i) {
    if (list->items()[i].text_at("id") == id) return inside(run, *root, "contained", list->items()[i], i);
  }
  return nullptr;
}

bool is_entry(const Json& entry, const Json& resource, std::string_view reference) {
  const std::string_view url = entry.text_at("fullUrl");
  if (!url.empty() && url == reference) return true;
  const std::size_t slash = reference.find('/');
  if (slash == std::string_view::npos || reference.find(':') != std::string_view::npos) return false;
  const std::string_view id = reference.substr(slash + 1);
  return resource.text_at("resourceType") == reference.substr(0, slash) &&
         resource.text_at("id") == id.substr(0, id.find('/'));
}

const Node* in_bundle(Run& run, std::string_view reference) {
  const Node* root = &run.root();
  while (root->parent) root = root->parent;
  if (!root->value || root->type->name != "Bundle") return nullptr;
  const Json* const entries = root->value->find("entry");
  if (!entries) return nullptr;
  for (std::size_t i = 0; i < entries->size() && entries->is_array() && run.spend(1); ++i) {
    const Json& entry = entries->items()[i];
    const Json* const resource = entry.find("resource");
    if (!resource || !is_entry(entry, *resource, reference)) continue;
    Node holder;
    holder.value = &entry;
    holder.element = root->type->find("entry");
    holder.type = holder.element->types.front();
    holder.parent = root;
    holder.index = static_cast<std::uint32_t>(i);
    const Node* const found = inside(run, keep(run.arena(), holder), "resource", *resource, 0);
    Node single = *found;
    single.index = Node::kNoIndex;
    return &keep(run.arena(), single);
  }
  return nullptr;
}

// The type that a reference names: in the last two parts of its path, or in Reference.type.
const fhir::Type* named_type(const Item& item, std::string_view reference) {
  std::string_view path = reference;
  if (const std::size_t history = path.find("/_history/"); history != std::string_view::npos)
    path = path.substr(0, history);
  if (const std::size_t slash = path.rfind('/'); slash != std::string_view::npos) {
    path = path.substr(0, slash);
    if (const std::size_t before = path.rfind('/'); before != std::string_view::npos) path.remove_prefix(before + 1);
    if (const fhir::Type* found = fhir::resource_type(path)) return found;
  }
  if (const fhir::Type* found = fhir::resource_type(fhir::read_reference(reference).type)) return found;
  if (!item.is_node() || item.node().is_primitive() || !item.node().value) return nullptr;
  return fhir::resource_type(item.node().value->text_at("type"));
}

}  // namespace

const Node* resolve_reference(Run& run, const Item& item) {
  const std::string_view reference = reference_text(item);
  if (reference.starts_with('#')) return contained(run, reference.substr(1));
  if (!reference.empty()) {
    if (const Node* found = in_bundle(run, reference)) return found;
    if (Services* const services = run.context().services) {
      if (const Json* found = services->resolve(reference)) return &run.begin_tree(*found);
    }
  }
  if (!run.context().resolve_types_only) return nullptr;
  const fhir::Type* const type = named_type(item, reference);
  if (!type) return nullptr;
  Node node;
  node.type = type;
  return &keep(run.arena(), node);
}

}  // namespace yilian::fhirpath
