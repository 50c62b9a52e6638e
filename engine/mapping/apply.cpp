// Rules that fill more than one element: datatype maps, coded values, deletions; and the way to a target.

#include <algorithm>
#include <cstring>
#include <functional>

#include "engine/mapping/run.h"
#include "engine/text/utf8.h"

namespace yilian::mapping {

void Run::apply_block(const Rule& rule, const Scope& scope, const Part& part, std::uint32_t repetition) {
  const Block& block = program_.blocks[rule.block];
  if (rule.steps > 0 && program_.steps[rule.first_step + rule.steps - 1].kind == Step::Kind::enter)
    return apply_entered(rule, scope, part, repetition);
  Scope inner = scope;
  inner.value = &part;
  inner.split = nullptr;
  inner.node = reach(rule, scope, repetition);
  if (inner.node == kNone || said_already(rule, inner.node)) return;
  inner.run = ++runs_;
  fill(block, inner, part);
}

void Run::fill(const Block& block, const Scope& inner, const Part& part) {
  build_once(block.number, &block, block.nature.touches, part, inner, [&] {
    if (inner.split != nullptr || part.level > Part::Level::component) return run_block(block, inner);
    Split split;
    cut(part, split);
    Scope scope = inner;
    scope.split = &split;
    run_block(block, scope);
  });
}

// The same value and the same inputs make the same where nothing stands yet: then it is a copy of what they made before.
template <class Build>
void Run::build_once(std::uint32_t maker, const Block* block, const Orders& touches, const Part& part,
                     const Scope& scope, Build build) {
  if ((block != nullptr && (!block->nature.repeatable() || block->nature.enters)) || context_.trace || !tree_.fresh(scope.node, touches))
    return build();
  const bool alone = block == nullptr || block->nature.inputs.empty();
  Memo::Key key{0, maker, static_cast<std::uint32_t>(part.level),
                alone ? part.raw : with_inputs(part.raw, block->nature.inputs, scope)};
  take_or_keep(key, scope.node, build);
}

// The copy of what was built before, or what is built now. Whether it was a copy.
template <class Build>
bool Run::take_or_keep(Memo::Key key, std::uint32_t node, Build build) {
  if (key.value.size() > Memo::kLongestValue) {
    build();
    return false;
  }
  if (const Branch* known = s_.memo.find(key)) {
    tree_.paste(node, *known);
    return true;
  }
  if (!s_.memo.comes_again(key)) {
    build();
    return false;
  }
  if (key.value.data() == s_.inputs.data()) key.value = arena_->copy(key.value);  // others use its memory
  const std::size_t size = tree_.size();
  const std::uint32_t effects = effects_;
  build();
  if (effects != effects_) return false;
  settle(node, size);
  s_.memo.keep(key, tree_.copy(node, size));
  return false;
}

// Rules of a segment map whose fields say the same few things again and again: what they make is one piece.
void Run::run_together(Together& together, const Scope& scope) {
  const auto build = [&] { run_rules(together.rules, scope, ~std::uint64_t{0}); };
  if (!together.pays() || !tree_.fresh(scope.node, together.touches)) return build();
  const Memo::Key key{0, together.maker, kTogetherLevel, with_inputs({}, together.inputs, scope)};
  together.tried(take_or_keep(key, scope.node, build));
}

// The value and the inputs, each behind its length. The text holds until the next one is made.
std::string_view Run::with_inputs(std::string_view value, const std::vector<Input>& inputs, const Scope& scope) {
  std::vector<char>& text = s_.inputs;
  std::size_t size = 0;
  const auto add = [&](std::string_view piece) {
    const auto length = static_cast<std::uint32_t>(piece.size());
    const std::size_t end = size + sizeof length + piece.size();
    if (end > text.size()) text.resize(std::max(2 * end, Memo::kLongestValue));
    std::memcpy(text.data() + size, &length, sizeof length);
    if (!piece.empty()) std::memcpy(text.data() + size + sizeof length, piece.data(), piece.size());
    size = end;
  };
  add(value);
  for (const Input& input : inputs) {
    const std::uint32_t segment = resolve(scope.segment, input.segment);
    const Part* bound = scope.bound;
    if (bound != nullptr && bound->segment == segment && bound->field == input.field) add(bound->raw);
    if (input.field == 0) {
      add(segment == kNone ? std::string_view() : std::string_view("1"));
    } else {
      add(segment == kNone ? std::string_view() : message_.field(segment, input.field));
    }
  }
  return {text.data(), size};
}

void Run::apply_coded(const Rule& rule, const Scope& scope, const Part& part, std::uint32_t repetition) {
  const std::uint32_t node = reach(rule, scope, repetition);
  if (node == kNone || said_already(rule, node)) return;
  const Block* block = rule.block == kNone ? nullptr : &program_.blocks[rule.block];
  const auto maker = static_cast<std::uint32_t>(program_.blocks.size()) + rule.info;
  Orders touches = program_.coded;
  if (block != nullptr) touches.add(block->nature.touches);
  Scope at = scope;
  at.node = node;
  build_once(maker, block, touches, part, at, [&] { write_coded(rule, scope, part, repetition, node); });
}

void Run::write_coded(const Rule& rule, const Scope& scope, const Part& part, std::uint32_t repetition,
                      std::uint32_t node) {
  const Table& table = program_.tables[rule.table];
  std::string_view text = text_of(part, Selector::Read::first);
  std::uint32_t entry = table.find(text);
  if (entry == kNone && part.level == Part::Level::repetition)
    entry = table.find(text_of(below(part, 4, 0), Selector::Read::first));
  const bool concept_target = rule.coding_step != kNone;
  if (entry != kNone) {
    const Coding& coding = table.codings[entry];
    const std::uint32_t item = concept_target ? tree_.new_item(node, program_.steps[rule.coding_step], true) : node;
    write_coding(item, coding.code, coding.display, coding.system, true, scope, part);
    if (table.replace || !concept_target) return;
  } else {
    if (text.empty()) text = text_of(part, Selector::Read::whole);
    if (!text.empty())
      note(Notice::Kind::unmapped_code, where(part),
           "'" + text::shortened(text) + "' is not in table " + table.name, rule.info);
    if (context_.trace && !text.empty())
      fell(Fallback::Kind::unmapped_code, where(part),
           "'" + text::shortened(text) + "' is not in table " + table.name +
               (rule.block != kNone ? ": the sender's own coding stays"
                : concept_target    ? ": it stays as text"
                                    : ""),
           rule.info);
    write_otherwise(rule, scope, repetition);
  }
  if (rule.block != kNone) {
    Split split;
    if (part.level <= Part::Level::component) cut(part, split);
    Scope inner = scope;
    inner.value = &part;
    inner.split = part.level <= Part::Level::component ? &split : nullptr;
    inner.node = node;
    inner.run = ++runs_;
    run_block(program_.blocks[rule.block], inner);
    if (concept_target && entry != kNone) drop_repeated_codings(node, program_.steps[rule.coding_step]);
  } else if (entry == kNone && concept_target && !text.empty()) {
    write_primitive(tree_.child(node, program_.steps[program_.concept_text]), text, true, scope, part);
  }
}

void Run::write_coding(std::uint32_t coding, std::string_view code, std::string_view display, std::string_view system,
                       bool sourced, const Scope& scope, const Part& part) {
  const auto put = [&](std::uint32_t step, std::string_view text) {
    if (text.empty()) return;
    const std::uint32_t node = tree_.child(coding, program_.steps[step]);
    if (node != kNone) write_ready(node, text, sourced, scope, part);
  };
  put(program_.coding_system, system);
  put(program_.coding_code, code);
  put(program_.coding_display, display);
}

// The original coding beside the mapped one says nothing new when both are the same code of the same system, or it
// names none.
void Run::drop_repeated_codings(std::uint32_t concept_node, const Step& coding) {
  const std::uint32_t list = tree_.find(concept_node, coding.order);
  if (list == kNone || tree_[list].first == kNone) return;
  const std::uint16_t system = program_.steps[program_.coding_system].order,
                      code = program_.steps[program_.coding_code].order;
  const auto text = [&](std::uint32_t item, std::uint16_t order) {
    const std::uint32_t node = tree_.find(item, order);
    return node == kNone ? std::string_view() : tree_[node].text;
  };
  const std::uint32_t mapped = tree_[list].first;
  for (std::uint32_t item = tree_[mapped].next; item != kNone;) {
    const std::uint32_t next = tree_[item].next;
    const auto other = text(item, system);
    if (text(item, code) == text(mapped, code) && (other.empty() || other == text(mapped, system))) tree_.remove(item);
    item = next;
  }
}

// `""`: the element is to be deleted. Within a list nothing is: the whole list is written anew.
void Run::clear(const Rule& rule, const Scope& scope) {
  ++effects_;
  std::string path;
  std::uint32_t node = scope.node;
  for (; tree_[node].step->kind == Step::Kind::element; node = tree_[node].parent) {
    if (tree_[node].step->list) return;
    path = std::string(tree_[node].step->name) + (path.empty() ? "" : ".") + path;
  }
  for (std::uint32_t i = 0; i < rule.steps; ++i) {
    const Step& step = program_.steps[rule.first_step + i];
    if (step.kind != Step::Kind::element) break;
    path += (path.empty() ? "" : ".") + std::string(step.name);
    if (step.list) break;
  }
  if (!path.empty() && s_.cleared.size() < kMostInstances)
    s_.cleared.emplace_back(tree_[node].instance, std::move(path));
}

// Codings of one concept mean the same: those of another value are not put beside them.
bool Run::said_already(const Rule& rule, std::uint32_t node) const {
  if (!rule.one_concept) return false;
  const std::uint32_t codings = tree_.find(node, program_.steps[program_.concept_coding].order);
  return codings != kNone && tree_[codings].first != kNone;
}

std::uint32_t Run::reach(const Rule& rule, const Scope& scope, std::uint32_t repetition) {
  return walk(scope.node, rule.first_step, rule.steps, scope.run, repetition, scope.segment);
}

std::uint32_t Run::walk(std::uint32_t node, std::uint32_t first, std::uint32_t count, std::uint32_t run,
                        std::uint32_t repetition, std::uint32_t segment) {
  for (std::uint32_t i = first; i < first + count && node != kNone; ++i) {
    const Step& step = program_.steps[i];
    if (step.kind == Step::Kind::enter) {
      const std::uint32_t instance = enter(node, step, segment);
      node = instance == kNone ? kNone : s_.instances[instance].node;
    } else if (step.list) {
      node = tree_.item(node, step, step.common ? 0 : run, step.repeats ? repetition : 0);
    } else {
      node = tree_.child(node, step);
    }
  }
  return node;
}

}  // namespace yilian::mapping
