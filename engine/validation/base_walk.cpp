#include "engine/validation/base_walk.h"

#include "engine/validation/base_rules.h"

namespace yilian::validation {
namespace {

using fhir::ElementSet;
using fhir::Json;
using fhir::MemberName;
using fhir::Type;
using fhirpath::Node;

constexpr std::size_t kMostLevels = 100;  // as fhir::check, which tells of more
constexpr std::string_view kElementText = "All FHIR elements must have a @value or children";

class Walk {
 public:
  Walk(Session& session, Visitor* visitor) : session_(session), visitor_(visitor) {}

  void node(const Node& node, const TypeRules& rules, const std::vector<const Constraint*>* own) {
    if (session_.done() || !session_.spend() || level_ > kMostLevels) return;
    ++level_;
    const bool primitive = node.is_primitive();
    const Json* object = primitive ? node.extra : node.value;
    ElementSet present;
    if (object && object->is_object()) {
      const bool has_content = members(node, rules, *object, present);
      if (!has_content && !(primitive && node.value))
        session_.report(Severity::error, "invariant", node, std::string(kElementText), {}, "ele-1");
    }
    for (const Constraint* each : rules.constraints) session_.test(*each, node, present, {});
    if (own) {
      for (const Constraint* each : *own) session_.test(*each, node, present, {});
    }
    if (visitor_ && node.type == extension_) visitor_->extension(node);
    --level_;
  }

 private:
  // Whether there is more than an id.
  bool members(const Node& node, const TypeRules& rules, const Json& object, ElementSet& present) {
    if (!rules.type) return true;
    bool has_content = false;
    const fhir::MemberTable& table = *rules.type->members;
    const MemberName* before = nullptr;
    for (const fhir::Member& member : object.members()) {
      const bool beside = member.name.starts_with('_');
      const MemberName* found = beside ? table.find(member.name.substr(1)) : table.find(member.name, before);
      if (!found) {
        has_content = has_content || member.name == "resourceType";
        continue;
      }
      if (!beside) before = found;
      present.set(found->element->order);
      has_content = has_content || member.name != "id";
      const MemberRules& below = rules.members[table.order(*found)];
      if (found->type->kind != Type::Kind::primitive) {
        if (!beside) values(node, *found, below, &member.value, nullptr);
      } else if (beside) {
        values(node, *found, below, object.find(found->name), &member.value);
      } else if (!below.constraints.empty() && !has_sibling(object, member.name)) {
        values(node, *found, below, &member.value, nullptr);
      }
      if (session_.done()) break;
    }
    return has_content;
  }

  static bool has_sibling(const Json& object, std::string_view name) {
    for (const fhir::Member& each : object.members()) {
      if (each.name.size() == name.size() + 1 && each.name.front() == '_' && each.name.substr(1) == name) return true;
    }
    return false;
  }

  void values(const Node& parent, const MemberName& found, const MemberRules& rules, const Json* value,
              const Json* extra) {
    Node child{value, extra, found.type, found.element, &parent, Node::kNoIndex};
    const bool list = (value && value->is_array()) || (extra && extra->is_array());
    if (!list) return one(child, rules);
    const auto all = value ? value->items() : std::span<const Json>();
    const auto extras = extra ? extra->items() : std::span<const Json>();
    for (std::size_t i = 0; i < std::max(all.size(), extras.size()) && !session_.done(); ++i) {
      child.value = i < all.size() && !all[i].is_null() ? &all[i] : nullptr;
      child.extra = i < extras.size() && !extras[i].is_null() ? &extras[i] : nullptr;
      child.index = static_cast<std::uint32_t>(i);
      if (child.value || child.extra) one(child, rules);
    }
  }

  void one(Node& child, const MemberRules& rules) {
    if (rules.type) return node(child, *rules.type, &rules.constraints);
    const Type* named = fhir::resource_type(child.value->text_at("resourceType"));
    if (!named) return;
    child.type = named;
    node(child, base_rules(*named), &rules.constraints);
    if (visitor_) visitor_->resource(child);
  }

  Session& session_;
  Visitor* visitor_;
  std::size_t level_ = 0;
  const Type* const extension_ = fhir::type("Extension");
};

}  // namespace

void walk_base(const Node& resource, Session& session, Visitor* visitor) {
  Walk(session, visitor).node(resource, base_rules(*resource.type), nullptr);
}

}  // namespace yilian::validation
