// The instances that stay, as FHIR JSON. All text is copied into the arena: what is made outlives the message and the
// mapping.

#include <algorithm>
#include <cstring>

#include "engine/mapping/run.h"

namespace yilian::mapping {
namespace {

bool lists(const std::vector<std::string>& types, std::string_view type) {
  return std::any_of(types.begin(), types.end(), [&](const std::string& each) { return each == type || each == "*"; });
}

bool has_path(const fhir::Json& resource, std::string_view path) {
  const fhir::Json* at = &resource;
  while (at != nullptr && !path.empty()) {
    const auto dot = path.find('.');
    at = at->find(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return at != nullptr;
}

}  // namespace

Rank Run::rank(const Instance& instance) const {
  const std::string_view type = instance.root->type->name;
  if (instance.declared == nullptr) return Rank::mention;
  if (lists(context_.owns, type)) return Rank::owner;
  if (lists(context_.mentions, type)) return Rank::mention;
  return instance.declared->owned ? Rank::owner : instance.declared->mentioned ? Rank::mention : Rank::said;
}

void Run::emit(Mapped& out) {
  std::vector<std::uint32_t> numbers(s_.instances.size(), kNone);
  std::string path;
  out.resources.reserve(s_.instances.size());
  for (std::uint32_t i = 0; i < s_.instances.size(); ++i) {
    const Instance& instance = s_.instances[i];
    if (!instance.alive) continue;
    const auto number = static_cast<std::uint32_t>(out.resources.size());
    numbers[i] = number;
    Made made;
    made.type = instance.root->type->name;
    made.rank = rank(instance);
    path.clear();
    made.resource = emit_resource(instance, path, number);
    made.id = made.resource->members()[1].value.text();  // behind resourceType
    out.resources.push_back(std::move(made));
  }
  for (auto& [instance, cleared] : s_.cleared) {
    const std::uint32_t number = numbers[target(instance)];
    if (number == kNone) continue;
    Made& made = out.resources[number];
    const bool known = std::find(made.cleared.begin(), made.cleared.end(), cleared) != made.cleared.end();
    if (!known && !has_path(*made.resource, cleared)) made.cleared.push_back(std::move(cleared));
  }
  emit_assumed(numbers, out);
}

fhir::Json* Run::emit_resource(const Instance& instance, std::string& path, std::uint32_t number) {
  auto* const json = new (arena_->allocate(sizeof(fhir::Json), alignof(fhir::Json))) fhir::Json();
  json->set_object();
  json->reserve(*arena_, tree_[instance.node].kept + 2);
  json->add(*arena_, "resourceType").set_string(instance.root->type->name);
  json->add(*arena_, "id").set_string(arena_->copy({instance.id_text, sizeof instance.id_text}));
  emit_object(instance.node, *json, path, number);
  return json;
}

// Only what a default really wrote: a rule of it may have had nothing to write.
void Run::emit_assumed(const std::vector<std::uint32_t>& numbers, Mapped& out) {
  for (const auto& [instance, element] : s_.assumed) {
    const std::uint32_t number = numbers[target(instance)];
    if (number == kNone) continue;
    auto& assumed = out.resources[number].assumed;
    if (std::find(assumed.begin(), assumed.end(), element) == assumed.end()) assumed.emplace_back(element);
  }
}

std::string_view Run::reference_to(std::uint32_t instance) {
  const Instance& other = s_.instances[target(instance)];
  const std::string_view type = other.root->type->name;
  const std::size_t size = type.size() + 1 + sizeof other.id_text;
  char* const text = static_cast<char*>(arena_->allocate(size, 1));
  std::memcpy(text, type.data(), type.size());
  text[type.size()] = '/';
  std::memcpy(text + type.size() + 1, other.id_text, sizeof other.id_text);
  return {text, size};
}

void Run::emit_object(std::uint32_t index, fhir::Json& out, std::string& path, std::uint32_t resource) {
  const Node& self = tree_[index];
  const std::size_t length = path.size();
  const bool refers = self.instance != kNone && self.parent != kNone && s_.instances[target(self.instance)].alive;
  out.reserve(*arena_, self.kept + (refers ? 1 : 0));
  bool referred = !refers;
  const auto refer = [&] {
    if (!referred) out.add(*arena_, "reference").set_string(reference_to(self.instance));
    referred = true;
  };
  for (std::uint32_t at = self.first; at != kNone; at = tree_[at].next) {
    const Node& node = tree_[at];
    if (!node.keep) continue;
    // It stands behind what every element may have.
    if (!referred && node.step->name != "id" && node.step->name != "extension") refer();
    if (context_.trace) {
      if (length > 0) path += '.';
      path += node.step->name;
    }
    if (node.settled && node.piece != kNone) {
      emit_piece(at, out, path, resource);
    } else if (node.container) {
      emit_list(at, out, path, resource);
    } else if (node.has_text && node.kept == 0) {
      emit_primitive(at, out.add(*arena_, node.step->name), path, resource);
    } else {
      emit_element(at, out, path, resource);
    }
    if (context_.trace) path.resize(length);
  }
  refer();
}

// What was copied from the memo and left as it was makes the same JSON again: all resources share it.
void Run::emit_piece(std::uint32_t index, fhir::Json& parent, std::string& path, std::uint32_t resource) {
  const Node& node = tree_[index];
  if (const fhir::Json* form = s_.memo.form(node.piece)) {
    parent.add(*arena_, node.step->name) = *form;
    return;
  }
  node.container ? emit_list(index, parent, path, resource) : emit_element(index, parent, path, resource);
  s_.memo.keep_form(node.piece, parent.members().back().value);
}

void Run::emit_element(std::uint32_t index, fhir::Json& parent, std::string& path, std::uint32_t resource) {
  const Node& node = tree_[index];
  if (node.step->primitive == Primitive::none) {
    fhir::Json& json = parent.add(*arena_, node.step->name);
    json.set_object();
    return emit_object(index, json, path, resource);
  }
  if (node.has_text) emit_primitive(index, parent.add(*arena_, node.step->name), path, resource);
  if (node.kept == 0) return;
  fhir::Json& json = parent.add(*arena_, arena_->copy("_" + std::string(node.step->name)));
  json.set_object();
  emit_object(index, json, path, resource);
}

void Run::emit_list(std::uint32_t container, fhir::Json& parent, std::string& path, std::uint32_t resource) {
  const Node& list = tree_[container];
  const bool primitive = list.step->primitive != Primitive::none;
  bool texts = false, below = false;
  for (std::uint32_t at = list.first; at != kNone; at = tree_[at].next) {
    texts = texts || tree_[at].has_text;
    below = below || tree_[at].first != kNone;
  }
  const std::size_t length = path.size();
  const auto each = [&](fhir::Json& array, bool extensions) {
    array.set_array();
    array.reserve(*arena_, list.kept);
    std::size_t number = 0;
    for (std::uint32_t at = list.first; at != kNone; at = tree_[at].next) {
      if (!tree_[at].keep) continue;
      fhir::Json& item = array.append(*arena_);
      if (context_.trace) path += '[' + std::to_string(number) + ']';
      ++number;
      if (!primitive || (extensions && tree_[at].first != kNone)) {
        item.set_object();
        emit_object(at, item, path, resource);
      } else if (!extensions && tree_[at].has_text) {
        emit_primitive(at, item, path, resource);
      }
      path.resize(length);
    }
  };
  // The new member is filled at once: adding another one may move it.
  if (!primitive || texts) each(parent.add(*arena_, list.step->name), false);
  if (primitive && below) each(parent.add(*arena_, arena_->copy("_" + std::string(list.step->name))), true);
}

void Run::emit_primitive(std::uint32_t index, fhir::Json& out, const std::string& path, std::uint32_t resource) {
  const Node& node = tree_[index];
  switch (node.step->primitive) {
    case Primitive::boolean:
      out.set_boolean(node.text == "true");
      break;
    case Primitive::integer:
    case Primitive::unsigned_int:
    case Primitive::positive_int:
    case Primitive::decimal:
      out.set_number(arena_->copy(node.text));
      break;
    default:
      out.set_string(arena_->copy(node.text));
      break;
  }
  if (context_.trace) emit_origins(index, path, resource);
}

void Run::emit_origins(std::uint32_t index, const std::string& path, std::uint32_t resource) {
  for (std::uint32_t at = tree_[index].origins; at != kNone; at = s_.origins[at].next) {
    const RawOrigin& raw = s_.origins[at];
    raw.read.empty() ? look(raw.part.raw, out_.asked) : use(raw.read);
    fell_to_default(path, tree_[index].text, raw, resource);
    Origin origin{};
    origin.resource = resource;
    origin.element = path;
    if (raw.outer != kNone) {
      origin.rule = program_.infos[raw.outer].id;
      origin.rule_place = program_.infos[raw.outer].place;
    }
    if (raw.rule != kNone && raw.rule != raw.outer) origin.via = program_.infos[raw.rule].id;
    origin.segment = -1;
    if (raw.part.segment != kNone) {
      origin.segment = static_cast<std::int32_t>(raw.part.segment);
      origin.field = where(raw.part);
      const std::string_view text = message_.text();
      const bool inside = raw.part.level != Part::Level::text && raw.part.raw.data() >= text.data() &&
                          raw.part.raw.data() + raw.part.raw.size() <= text.data() + text.size();
      const std::string_view place = inside ? raw.part.raw : message_.field(raw.part.segment, raw.part.field);
      origin.begin = message_.offset(place);
      origin.end = origin.begin + place.size();
    }
    out_.origins.push_back(std::move(origin));
  }
}

}  // namespace yilian::mapping
