// When all rows have run: one instance an id, defaults, and nothing left that FHIR does not allow.

#include <algorithm>
#include <cstring>
#include <functional>

#include "engine/mapping/run.h"

namespace yilian::mapping {

std::uint32_t Run::target(std::uint32_t instance) const {
  while (s_.instances[instance].merged_into != kNone) instance = s_.instances[instance].merged_into;
  return instance;
}

void Run::merge() {
  for (std::uint32_t i = 0; i < s_.instances.size(); ++i) {
    const Instance& instance = s_.instances[i];
    if (instance.identity != Instance::Identity::keyed) continue;
    std::uint32_t words[4];
    std::memcpy(words, instance.id.bytes.data(), sizeof words);
    std::uint32_t& known = tree_.numbers().at(kIdTag, words[0], words[1], words[3]);
    if (known == kNone) {
      known = i;
    } else if (s_.instances[known].id == instance.id) {
      if (instance.declared != nullptr && instance.declared->numbered) {
        keep_apart(i, known);
      } else {
        merge_into(known, i);
      }
    }
  }
}

// The second, third … of one key gets an id of its own, computed from the first one's, so that the same message again makes the same ids.
void Run::keep_apart(std::uint32_t index, std::uint32_t first) {
  Instance& instance = s_.instances[index];
  const std::uint32_t ordinal = ++s_.instances[first].same;
  instance.id = Uuid::named(instance.id, "#" + std::to_string(ordinal));
  instance.id.text(instance.id_text);
  note(Notice::Kind::structure, std::string(message_.segment_id(instance.segment)), "is number " + std::to_string(ordinal) + " of the same key in this message; it is kept as a result of its own", kNone);
}

// The target keeps what it has; what it lacks comes from the source, and references are united.
void Run::merge_into(std::uint32_t into, std::uint32_t from) {
  Instance &to = s_.instances[into], &source = s_.instances[from];
  for (std::uint32_t node = tree_[source.node].first; node != kNone;) {
    const std::uint32_t next = tree_[node].next, there = tree_.find(to.node, tree_[node].step->order);
    if (there == kNone) {
      tree_.move(node, to.node);
    } else if (tree_[there].container && tree_[node].container) {
      for (std::uint32_t item = tree_[node].first; item != kNone;) {
        const std::uint32_t following = tree_[item].next, instance = tree_[item].instance;
        if (instance != kNone) {
          // References that links made have their own place in the table; those of the target are entered as they are
          // met.
          std::uint32_t& known = tree_.numbers().at(kLinkTag, to.node, tree_[item].step->order, instance);
          if (known == kNone) {
            known = item;
            tree_.remove(item);
            tree_.append(there, item);
          }
        }
        item = following;
      }
    }
    node = next;
  }
  if (to.declared == nullptr) to.declared = source.declared;
  source.merged_into = into;
  source.alive = false;
}

const Node* Run::first_item(std::uint32_t node, std::string_view element) const {
  for (std::uint32_t at = tree_[node].first; at != kNone; at = tree_[at].next) {
    if (tree_[at].step->name != element) continue;
    if (!tree_[at].container) return &tree_[at];
    return tree_[at].first == kNone ? nullptr : &tree_[tree_[at].first];
  }
  return nullptr;
}

// A name to show: of a person as it is written in its script, of a role its person's, of anything else its name.
std::string_view Run::display_of(std::uint32_t index) {
  Instance& instance = s_.instances[index];
  if (!instance.display.empty()) return instance.display;
  const Node* name = first_item(instance.node, "name");
  if (name == nullptr) name = first_item(instance.node, "deviceName");
  if (name == nullptr) {
    const Node* practitioner = first_item(instance.node, "practitioner");
    if (practitioner == nullptr) return {};
    if (practitioner->instance != kNone) return instance.display = display_of(target(practitioner->instance));
    const Node* shown = first_item(static_cast<std::uint32_t>(practitioner - &tree_[0]), "display");
    return instance.display = shown == nullptr ? std::string_view() : shown->text;
  }
  if (name->has_text) return instance.display = name->text;
  const auto node = static_cast<std::uint32_t>(name - &tree_[0]);
  for (const std::string_view direct : {"text", "name"}) {
    if (const Node* text = first_item(node, direct); text != nullptr && text->has_text)
      return instance.display = text->text;
  }
  const Node *family = first_item(node, "family"), *given = first_item(node, "given");
  if (family == nullptr || given == nullptr)
    return instance.display = family != nullptr ? family->text : given != nullptr ? given->text : std::string_view();
  const bool latin = std::all_of(family->text.begin(), family->text.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  std::string both(latin ? given->text : family->text);
  if (latin) both += ' ';
  both += latin ? family->text : given->text;
  return instance.display = arena_->copy(both);
}

void Run::write_display(std::uint32_t reference, std::uint32_t index) {
  const std::string_view text = display_of(index);
  if (text.empty()) return;
  const std::uint32_t node = tree_.child(reference, program_.steps[program_.reference_display]);
  if (node == kNone || tree_[node].has_text) return;
  tree_.unsettle(node);
  tree_[node].text = text;
  tree_[node].has_text = tree_[node].sourced = true;
  if (!context_.trace) return;
  const Node* name = first_item(s_.instances[index].node, "name");
  std::uint32_t origins = name == nullptr ? kNone : name->origins;
  for (std::uint32_t at = name == nullptr ? kNone : name->first; at != kNone && origins == kNone; at = tree_[at].next) {
    origins = (tree_[at].container && tree_[at].first != kNone ? tree_[tree_[at].first] : tree_[at]).origins;
  }
  tree_[node].origins = origins;
}

// A reader sees who is meant without another look-up. Links need none: what they point to is a resource of the message
// itself.
void Run::name_references() {
  for (std::uint32_t i = 0; i < s_.references.size(); ++i) {
    const std::uint32_t reference = s_.references[i];
    if (const std::uint32_t instance = tree_[reference].instance; instance != kNone)
      write_display(reference, target(instance));
  }
}

// A resource that has no key is told of in the reference itself.
void Run::describe_unkeyed() {
  const Step& identifier = program_.steps[program_.reference_identifier];
  for (std::uint32_t i = 0; i < s_.instances.size(); ++i) {
    Instance& instance = s_.instances[i];
    if (instance.identity != Instance::Identity::unkeyed || !instance.alive) continue;
    instance.alive = false;
    if (context_.trace)
      fell(Fallback::Kind::no_key, {},
           "no number tells which " + std::string(instance.root->type->name) + " it is: only the reference names it",
           kNone);
    const std::uint32_t reference = instance.referrer;
    tree_[reference].instance = kNone;
    write_display(reference, i);
    const Node* id = first_item(instance.node, "identifier");
    if (id == nullptr || tree_.find(reference, identifier.order) != kNone) continue;
    const auto index = static_cast<std::uint32_t>(id - &tree_[0]);
    tree_.remove(index);
    const std::uint32_t made = tree_.child(reference, identifier);
    tree_[made].first = tree_[index].first;
    tree_[made].last = tree_[index].last;
    for (std::uint32_t at = tree_[made].first; at != kNone; at = tree_[at].next) tree_[at].parent = made;
  }
}

void Run::write_defaults() {
  std::vector<bool> absent;
  for (std::size_t i = 0; i < s_.instances.size(); ++i) {
    const Instance instance = s_.instances[i];
    if (!instance.alive) continue;
    const auto* const defaults = instance.declared != nullptr ? &instance.declared->defaults
                                 : instance.block != nullptr  ? &instance.block->defaults
                                                              : nullptr;
    if (defaults == nullptr || defaults->empty()) continue;
    absent.clear();
    for (const Default& each : *defaults) {
      const std::uint32_t node = tree_.find(instance.node, each.order);
      absent.push_back(node == kNone || !tree_.has_content(node));
    }
    Scope scope;
    scope.segment = instance.segment;
    scope.node = instance.node;
    scope.run = ++runs_;
    for (std::size_t k = 0; k < defaults->size(); ++k) {
      const Rule& rule = (*defaults)[k].rule;
      scope.rule = rule.info;
      if (!absent[k]) continue;
      run_rule(rule, scope);
      s_.assumed.emplace_back(static_cast<std::uint32_t>(i), program_.steps[rule.first_step].element->name);
    }
  }
}

// Until nothing changes: what lacks a required element goes, and what points to it.
void Run::drop_invalid() {
  for (bool changed = true; changed;) {
    changed = false;
    for (Instance& instance : s_.instances) {
      if (!instance.alive) continue;
      bool content = false;
      Node& root = tree_[instance.node];
      root.kept = 0;
      for (std::uint32_t node = root.first; node != kNone; node = tree_[node].next)
        root.kept += check(node, content) ? 1 : 0;
      const bool wanted = (root.kept > 0 && content) || (instance.declared != nullptr && instance.declared->placeholder);
      if (wanted && complete(instance.node)) continue;
      instance.alive = false;
      changed = true;
    }
  }
}

// Whether the node and what is below it may stand; `content` is set when something in it came from the message.
bool Run::check(std::uint32_t index, bool& content) {
  Node& node = tree_[index];
  if (node.settled) {
    content = content || (node.keep && node.content);
    return node.keep;
  }
  bool any = false, inner = false;
  if (node.has_text) {
    any = true;
    inner = node.sourced;
  }
  unsure_ = unsure_ || node.instance != kNone;  // whether the resource stays, the end tells
  if (node.instance != kNone && s_.instances[target(node.instance)].alive) {
    any = true;
    inner = inner || !node.linked;
  }
  node.kept = 0;
  for (std::uint32_t at = node.first; at != kNone; at = tree_[at].next) node.kept += check(at, inner) ? 1 : 0;
  any = any || node.kept > 0;
  node.keep = any && (node.container || node.step->primitive != Primitive::none || complete(index));
  content = content || (node.keep && inner);
  node.content = inner;
  node.settled = settling_ && !unsure_ && node.instance == kNone;
  return node.keep;
}

// What was made below the node since the tree had `size` nodes is checked ahead, so that its copies need not be. What
// would have to be told of it stays to be told when its turn comes, and so does its check.
void Run::settle(std::uint32_t node, std::size_t size) {
  settling_ = true;
  for (std::uint32_t at = tree_[node].first; at != kNone; at = tree_[at].next) {
    if (at < size) continue;
    unsure_ = false;
    bool content = false;
    check(at, content);
  }
  settling_ = false;
}

// Whether all elements that FHIR requires of the node's type are there.
bool Run::complete(std::uint32_t index) {
  Node& node = tree_[index];
  const Step& step = *node.step;
  const auto kept = [&](std::uint16_t order) {
    const std::uint32_t child = tree_.find(index, order);
    return child != kNone && tree_[child].keep;
  };
  if (step.required != nullptr) {
    for (const std::uint16_t order : step.required->orders) {
      if (kept(order)) continue;
      if (settling_) {
        unsure_ = true;
      } else if (!node.told) {
        const auto& elements = step.type->elements;
        const auto missing =
            std::find_if(elements.begin(), elements.end(), [&](const fhir::Element& e) { return e.order == order; });
        note(Notice::Kind::other, std::string(step.type->name),
             std::string(missing->name) + " is required and the message does not tell it: left out", kNone);
        node.told = true;
      }
      return false;
    }
  }
  if (step.type->name != "Extension") return true;
  // An extension says something by a value or by extensions of its own, besides its url.
  for (std::uint32_t at = node.first; at != kNone; at = tree_[at].next) {
    const Node& child = tree_[at];
    if (child.keep && child.step->name != "url" && child.step->name != "id") return true;
  }
  return false;
}

// What is known by its contents alone gets its id from them. A resource is made after the one that refers to it, so the
// last ones go first.
void Run::identify_by_contents() {
  std::string text;
  for (auto i = static_cast<std::uint32_t>(s_.instances.size()); i-- > 0;) {
    Instance& instance = s_.instances[i];
    if (!instance.alive || instance.identity != Instance::Identity::contents) continue;
    text = instance.root->type->name;
    text += "|=|";
    contents(instance.node, text);
    const std::uint64_t hash = std::hash<std::string>()(text);
    std::uint32_t& known =
        tree_.numbers().at(kContentsTag, static_cast<std::uint32_t>(hash), static_cast<std::uint32_t>(hash >> 32), 0);
    if (known == kNone) {
      known = static_cast<std::uint32_t>(s_.contents.size());
      s_.contents.emplace_back(arena_->copy(text), i);
    } else if (s_.contents[known].first == text) {
      instance.merged_into = s_.contents[known].second;
      instance.alive = false;
      continue;
    }
    set_id(instance, text);
  }
}

void Run::contents(std::uint32_t index, std::string& out) const {
  for (std::uint32_t at = tree_[index].first; at != kNone; at = tree_[at].next) {
    const Node& node = tree_[at];
    if (!node.keep) continue;
    if (!node.container) (out += node.step->name) += '=';
    if (node.has_text) out += node.text;
    if (node.instance != kNone) {
      const Instance& other = s_.instances[target(node.instance)];
      if (other.alive) out.append(other.id_text, sizeof other.id_text);
    }
    out += '{';
    contents(at, out);
    out += '}';
  }
}

}  // namespace yilian::mapping
