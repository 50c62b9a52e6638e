#include "engine/fhirpath/item.h"

#include <charconv>
#include <vector>

#include "engine/fhirpath/quantity.h"

namespace yilian::fhirpath {
namespace {

using fhir::Primitive;

bool temporal_value(const std::optional<Temporal>& read, std::string_view text, fhir::Arena& arena, Item& value) {
  value = read ? Item::of(keep(arena, *read)) : Item::of_text(text);  // a wrong date is a text that equals no date
  return true;
}

bool number_value(std::string_view text, bool whole, fhir::Arena& arena, Item& value) {
  if (whole) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) {
      value = Item::of_integer(number);
      return true;
    }
  }
  const auto read = Decimal::parse(text);
  value = read ? Item::of(keep(arena, *read)) : Item::of_text(text);
  return true;
}

}  // namespace

bool system_value(const Item& item, fhir::Arena& arena, Item& value) {
  if (!item.is_node()) {
    value = item;
    return true;
  }
  const Node& node = item.node();
  if (!node.is_primitive()) return quantity_value(node, arena, value);
  if (!node.value || node.value->is_null()) return false;
  const std::string_view text = node.value->text();
  switch (node.value->kind()) {
    case fhir::Json::Kind::boolean:
      value = Item::of(node.value->boolean());
      return true;
    case fhir::Json::Kind::number: {
      const Primitive type = node.type->primitive;
      return number_value(text, type != Primitive::decimal, arena, value);
    }
    case fhir::Json::Kind::string:
      break;
    default:
      return false;
  }
  switch (node.type->primitive) {
    case Primitive::date:
      return temporal_value(Temporal::parse_date(text), text, arena, value);
    case Primitive::date_time:
    case Primitive::instant:
      return temporal_value(Temporal::parse_date_time(text), text, arena, value);
    case Primitive::time:
      return temporal_value(Temporal::parse_time(text), text, arena, value);
    default:
      value = Item::of_text(text);
      return true;
  }
}

std::string text_of(const Item& item) {
  switch (item.kind()) {
    case Item::Kind::boolean:
      return item.boolean() ? "true" : "false";
    case Item::Kind::integer:
      return std::to_string(item.integer());
    case Item::Kind::decimal:
      return item.decimal().text();
    case Item::Kind::string:
      return std::string(item.text());
    case Item::Kind::date:
    case Item::Kind::date_time:
    case Item::Kind::time:
      return item.temporal().text();
    case Item::Kind::quantity:
      return item.quantity().text();
    case Item::Kind::type:
      return std::string(item.type().space) + "." + std::string(item.type().name);
    case Item::Kind::node:
      break;
  }
  const Node& node = item.node();
  if (node.is_primitive()) return node.value ? std::string(node.value->text()) : std::string();
  fhir::Arena arena(256);
  Item value = item;
  if (quantity_value(node, arena, value)) return value.quantity().text();
  return {};
}

std::string type_of(const Item& item) {
  constexpr std::string_view names[]{"",     "Boolean",  "Integer", "Decimal",  "String",
                                     "Date", "DateTime", "Time",    "Quantity", "SimpleTypeInfo"};
  if (item.is_node()) return "FHIR." + std::string(item.node().type->name);
  return "System." + std::string(names[static_cast<std::size_t>(item.kind())]);
}

Node root_node(const fhir::Json& resource) {
  const fhir::Type* type = fhir::resource_type(resource.text_at("resourceType"));
  static const fhir::Type* const unknown = fhir::type("Resource");
  return root_node(resource, type ? *type : *unknown);
}

Node root_node(const fhir::Json& value, const fhir::Type& type) {
  Node node;
  node.value = &value;
  node.type = &type;
  return node;
}

std::string place_of(const Node& node) {
  std::vector<const Node*> way;
  for (const Node* each = &node; each; each = each->parent) way.push_back(each);
  std::string text(way.back()->type->name);
  for (std::size_t i = way.size() - 1; i-- > 0;) {
    const Node& each = *way[i];
    if (!each.element) continue;
    text += '.';
    text += each.element->name;
    if (each.index != Node::kNoIndex) text += '[' + std::to_string(each.index) + ']';
  }
  return text;
}

std::string_view json_name_of(const Node& node) {
  if (!node.element) return {};
  if (!node.element->choice) return node.element->name;
  return fhir::json_name(*node.element, *node.type);
}

const Node* resource_of(const Node& node) {
  const Node* each = &node;
  while (each && each->type->kind != fhir::Type::Kind::resource) each = each->parent;
  return each;
}

}  // namespace yilian::fhirpath
