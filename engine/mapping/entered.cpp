// Resources that a value makes: the practitioner of an XCN, the places of a PL. They stand behind a reference, and have
// their own key, or are known by their contents.

#include <algorithm>
#include <functional>

#include "engine/mapping/run.h"

namespace yilian::mapping {

// The resource behind a reference, made when there is none; kNone when one of another type is there.
std::uint32_t Run::enter(std::uint32_t reference, const Step& step, std::uint32_t segment) {
  if (const std::uint32_t known = tree_[reference].instance; known != kNone)
    return s_.instances[known].root->type == step.type ? known : kNone;
  const std::uint32_t made = make_instance(step, nullptr, segment);
  if (made == kNone) return kNone;
  s_.instances[made].referrer = reference;
  s_.instances[made].identity = step.keyed ? Instance::Identity::unkeyed : Instance::Identity::contents;
  tree_.unsettle(reference);
  tree_[reference].instance = made;
  s_.references.push_back(reference);
  return made;
}

// The same text in the same message is the same resource, so it is made once.
void Run::apply_entered(const Rule& rule, const Scope& scope, const Part& part, std::uint32_t repetition) {
  const Block& block = program_.blocks[rule.block];
  const Step& step = program_.steps[rule.first_step + rule.steps - 1];
  const std::uint32_t reference =
      walk(scope.node, rule.first_step, rule.steps - 1, scope.run, repetition, scope.segment);
  if (reference == kNone) return;
  std::uint32_t known = kNone;  // in what was entered
  const bool single = tree_[reference].instance == kNone && block.nature.pure() && !step.shared;
  if (single && !block.key.alternatives.empty()) {
    const std::uint64_t hash = std::hash<std::string_view>()(part.raw);
    const auto level = static_cast<std::uint32_t>(part.level);
    std::uint32_t& number = tree_.numbers().at(kMemoTag, rule.block << 2 | level, static_cast<std::uint32_t>(hash),
                                               static_cast<std::uint32_t>(hash >> 32));
    if (number != kNone && s_.entered[number].raw == part.raw) {
      if (context_.trace) use(part.raw);  // what of it no rule takes, its first place tells
      tree_.unsettle(reference);
      tree_[reference].instance = s_.entered[number].instance;
      s_.references.push_back(reference);
      return;
    }
    if (number == kNone) {
      known = number = static_cast<std::uint32_t>(s_.entered.size());
      s_.entered.push_back({part.raw, kNone});
    }
  }
  const std::uint32_t made = make_entered(block, step, part, scope, reference);
  if (made == kNone || known == kNone) return;
  // What has no key is only told of in the reference, which is its own: it cannot be shared.
  if (s_.instances[made].identity == Instance::Identity::keyed) {
    s_.entered[known].instance = made;
  } else {
    s_.entered[known].raw = {};
  }
}

// Wards and doctors come again from message to message: they are copied, with the resources that they name in turn.
std::uint32_t Run::make_entered(const Block& block, const Step& step, const Part& part, const Scope& scope,
                                std::uint32_t reference) {
  const bool fresh = tree_[reference].instance == kNone;
  if (!fresh || context_.trace || !block.nature.repeatable()) return build_entered(block, step, part, scope, reference);
  const bool alone = block.nature.inputs.empty();
  Memo::Key key{0, step.slot, kFamilyLevel + static_cast<std::uint32_t>(part.level) + (block.number << 8),
                alone ? part.raw : with_inputs(part.raw, block.nature.inputs, scope)};
  if (key.value.size() > Memo::kLongestValue) return build_entered(block, step, part, scope, reference);
  if (const Family* known = s_.memo.find_family(key); known != nullptr && s_.instances.size() + known->instances.size() < kMostInstances) {
    return paste_family(*known, reference, scope.segment);
  }
  if (!s_.memo.comes_again(key)) return build_entered(block, step, part, scope, reference);
  if (!alone) key.value = arena_->copy(key.value);
  const std::size_t nodes = tree_.size(), instances = s_.instances.size(), references = s_.references.size();
  const std::uint32_t effects = effects_;
  const std::uint32_t made = build_entered(block, step, part, scope, reference);
  if (made == kNone || effects != effects_) return made;
  if (auto family = family_since(nodes, instances, references)) s_.memo.keep_family(key, std::move(*family));
  return made;
}

std::uint32_t Run::build_entered(const Block& block, const Step& step, const Part& part, const Scope& scope,
                                 std::uint32_t reference) {
  Split split;
  Scope inner = scope;
  inner.value = &part;
  inner.split = nullptr;
  if (part.level <= Part::Level::component) {
    cut(part, split);
    inner.split = &split;
  }
  const std::uint32_t made = enter(reference, step, scope.segment);
  if (made == kNone) return kNone;
  inner.node = s_.instances[made].node;
  inner.run = ++runs_;
  if (s_.instances[made].identity != Instance::Identity::keyed) {
    s_.instances[made].block = &block;
    identify(s_.instances[made], block.key, inner);
  }
  fill(block, inner, part);
  return made;
}

// All that came since then, by numbers counted from there; nothing when it is tied to what was there before.
std::optional<Family> Run::family_since(std::size_t nodes, std::size_t instances, std::size_t references) {
  for (std::size_t i = nodes; i < tree_.size(); ++i) {
    const Node& node = tree_[static_cast<std::uint32_t>(i)];
    if ((node.parent != kNone && node.parent < nodes) || (node.instance != kNone && node.instance < instances))
      return std::nullopt;
  }
  for (std::size_t i = instances; i < s_.instances.size(); ++i) settle(s_.instances[i].node, nodes);
  Family family{tree_.copy_since(nodes, instances),
                {s_.instances.begin() + static_cast<std::ptrdiff_t>(instances), s_.instances.end()},
                {}};
  const auto first = static_cast<std::uint32_t>(nodes);
  for (Instance& instance : family.instances) {
    instance.node -= first;
    instance.referrer = instance.referrer < first ? kNone : instance.referrer - first;
  }
  // The first one is the reference that all this stands behind.
  for (std::size_t i = references + 1; i < s_.references.size(); ++i) family.references.push_back(s_.references[i] - first);
  return family;
}

std::uint32_t Run::paste_family(const Family& family, std::uint32_t reference, std::uint32_t segment) {
  const auto first = static_cast<std::uint32_t>(tree_.size()), made = static_cast<std::uint32_t>(s_.instances.size());
  tree_.paste_apart(family.nodes, made);
  for (Instance instance : family.instances) {
    instance.node += first;
    instance.referrer = instance.referrer == kNone ? reference : instance.referrer + first;
    instance.segment = segment;
    s_.instances.push_back(instance);
  }
  tree_.unsettle(reference);
  tree_[reference].instance = made;
  s_.references.push_back(reference);
  for (const std::uint32_t each : family.references) s_.references.push_back(each + first);
  return made;
}

}  // namespace yilian::mapping
