#include "engine/validation/value_rules.h"

#include <algorithm>

#include "engine/fhir/json_patch.h"
#include "engine/units/ucum.h"

namespace yilian::validation {
namespace {

using fhir::Json;
using fhirpath::Item;
using fhirpath::Node;

std::string shown(const Json& value) {
  constexpr std::size_t kMost = 200;
  std::string text = fhir::write_json(value);
  if (text.size() <= kMost) return text;
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

// -1, 0, 1; nothing: they cannot be compared.
std::optional<int> order(const Node& node, const Json& limit, fhir::Arena& arena) {
  Item value = Item::of(false), bound = Item::of(false);
  const Node beside{&limit, nullptr, node.type, nullptr, nullptr, Node::kNoIndex};
  if (!fhirpath::system_value(Item::of(node), arena, value) ||
      !fhirpath::system_value(Item::of(fhirpath::keep(arena, beside)), arena, bound)) {
    return std::nullopt;
  }
  const auto sign = [](auto ordering) { return ordering < 0 ? -1 : ordering > 0 ? 1 : 0; };
  if (value.kind() != bound.kind()) {
    const auto exact = [](const Item& item) {
      return item.kind() == Item::Kind::integer   ? fhirpath::Decimal::parse(std::to_string(item.integer()))
             : item.kind() == Item::Kind::decimal ? std::optional(item.decimal())
                                                  : std::nullopt;
    };
    const auto a = exact(value), b = exact(bound);
    return a && b ? std::optional(sign(*a <=> *b)) : std::nullopt;
  }
  switch (value.kind()) {
    case Item::Kind::integer:
      return sign(value.integer() <=> bound.integer());
    case Item::Kind::decimal:
      return sign(value.decimal() <=> bound.decimal());
    case Item::Kind::date:
    case Item::Kind::date_time:
    case Item::Kind::time: {
      const auto compared = fhirpath::compare(value.temporal(), bound.temporal());
      if (compared == fhirpath::Order::unknown) return std::nullopt;
      return compared == fhirpath::Order::less ? -1 : compared == fhirpath::Order::greater ? 1 : 0;
    }
    case Item::Kind::quantity: {
      if (value.quantity().unit == bound.quantity().unit)
        return sign(value.quantity().value <=> bound.quantity().value);
      const auto a = units::canonical(value.quantity().value.text(), value.quantity().unit);
      const auto b = units::canonical(bound.quantity().value.text(), bound.quantity().unit);
      if (!a || !b || a->key != b->key) return std::nullopt;
      return a->value < b->value ? -1 : a->value > b->value ? 1 : 0;
    }
    default:
      return std::nullopt;
  }
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

bool matches_pattern(const Json& value, const Json& pattern) {
  if (pattern.is_object()) {
    return value.is_object() && std::ranges::all_of(pattern.members(), [&](const fhir::Member& asked) {
             const Json* found = value.find(asked.name);
             return found && matches_pattern(*found, asked.value);
           });
  }
  if (pattern.is_array()) {
    return value.is_array() && std::ranges::all_of(pattern.items(), [&](const Json& asked) {
             return std::ranges::any_of(value.items(), [&](const Json& each) { return matches_pattern(each, asked); });
           });
  }
  return fhir::same_value(value, pattern);
}

std::string wrong_value(const Rule& rule, const Node& node, fhir::Arena& arena) {
  if (rule.fixed && (!node.value || !fhir::same_value(*node.value, *rule.fixed)))
    return "Has to be exactly " + shown(*rule.fixed);
  if (rule.pattern && (!node.value || !matches_pattern(*node.value, *rule.pattern)))
    return "Has to have " + shown(*rule.pattern);
  if (!node.value) return {};
  if (rule.max_length && node.value->is_string() && characters(node.value->text()) > *rule.max_length) {
    return "Longer than " + std::to_string(*rule.max_length) + " characters";
  }
  if (rule.least && order(node, *rule.least, arena).value_or(0) < 0) return "Less than " + shown(*rule.least);
  if (rule.most && order(node, *rule.most, arena).value_or(0) > 0) return "More than " + shown(*rule.most);
  return {};
}

}  // namespace yilian::validation
