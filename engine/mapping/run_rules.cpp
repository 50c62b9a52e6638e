// Rules: from a part of the message to elements of a resource.

#include <algorithm>

#include "engine/mapping/run.h"
#include "engine/text/utf8.h"

namespace yilian::mapping {

void Run::run_block(const Block& block, Scope scope) {
  // Most rules find their field or component empty; a bit tells that. A text has no components: all bits stand.
  std::uint64_t valued = ~std::uint64_t{0};
  if (scope.value == nullptr) {
    valued = s_.feeding[scope.segment].valued;
  } else if (scope.split != nullptr) {
    valued = scope.split->valued;
  }
  Shortlist* const list = scope.value == nullptr && !context_.trace ? shortlist(block, scope, valued) : nullptr;
  if (list == nullptr) return run_rules(block.rules, scope, valued);
  if (!list->together.rules.empty()) run_together(list->together, scope);
  run_rules(list->rules, scope, valued);
}

void Run::run_rules(const std::vector<Rule>& rules, Scope scope, std::uint64_t valued) {
  const bool outermost = scope.outer == kNone;
  for (const Rule& rule : rules) {
    if (rule.guard != 0 && (valued >> rule.guard & 1) == 0) continue;
    scope.rule = rule.info;
    if (outermost) scope.outer = rule.info;
    run_rule(rule, scope);
  }
}

void Run::run_rule(const Rule& rule, const Scope& scope) {
  s_.sources.clear();
  if (overflow_ || !holds(rule.when, scope)) return;
  if (rule.source == Rule::Source::selector) {
    const Selector& selector = program_.selectors[rule.index];
    if (selector.base == Selector::Base::segment) return run_repetitions(rule, scope, selector);
    return run_single(rule, scope, select(selector, scope));
  }
  Part part;
  part.level = Part::Level::text;
  // What a literal stands there for is what its condition read.
  if (rule.source == Rule::Source::expression) {
    s_.sources.clear();
    part.raw = evaluate(rule.index, scope);
    if (part.raw.empty()) return write_otherwise(rule, scope, 0);
  }
  perform(rule, scope, part, 0);
}

// Most rules find nothing: that is seen before anything else is asked.
void Run::run_single(const Rule& rule, const Scope& scope, const Part& part) {
  if (part.raw.empty() && !rule.has_otherwise) return;
  if (!holds(rule.when_each, scope)) return;
  s_.sources.clear();
  if (!run_value(rule, scope, part, 0)) write_otherwise(rule, scope, 0);
}

void Run::run_repetitions(const Rule& rule, const Scope& scope, const Selector& selector) {
  const std::uint32_t segment = resolve(scope.segment, selector.segment);
  std::string_view rest = segment == kNone ? std::string_view() : message_.field(segment, selector.field);
  if (rest.empty()) {
    if (rule.has_otherwise && holds(rule.when_each, scope)) write_otherwise(rule, scope, 0);
    return;
  }
  if (rule.joined) return run_joined(rule, scope, selector, segment);
  Part bound;
  bound.segment = segment;
  bound.field = selector.field;
  const bool whole_field = selector.segment == program_.msh && selector.field <= 2;
  if (whole_field || !repetitions_ || rest.find(delimiters_.repetition) == std::string_view::npos) {
    if (rule.only != Rule::Only::number || rule.only_number == 1) bound.raw = rest;
    return run_single(rule, scope, below(bound, selector.component, selector.subcomponent));
  }
  Scope inner = scope;
  inner.bound = &bound;
  std::uint32_t repetition = 0;
  if (rule.only == Rule::Only::last) {
    repetition = static_cast<std::uint32_t>(hl7v2::repetition_count(rest, delimiters_)) - 1;
    rest = rest.substr(rest.rfind(delimiters_.repetition) + 1);
  }
  bool written = false;
  for (;; ++repetition) {
    const auto end = rest.find(delimiters_.repetition);
    bound.raw = rest.substr(0, end);
    bound.repetition = repetition + 1;
    const bool wanted = rule.only != Rule::Only::number || repetition + 1 == rule.only_number;
    if (wanted && !bound.raw.empty() && holds(rule.when_each, inner)) {
      if (written && !rule.repeats) {
        note(Notice::Kind::extra_repetitions, where(bound),
             "the target takes one value; this and the following repetitions are left out", rule.info);
        break;
      }
      s_.sources.clear();
      // The one that is taken has no place of its own: it goes beside what other rules of the label take.
      const bool alone = rule.only == Rule::Only::number || rule.only == Rule::Only::last;
      written = run_value(rule, inner, below(bound, selector.component, selector.subcomponent), alone ? 0 : repetition) || written;
    }
    if (end == std::string_view::npos || overflow_ || (rule.only == Rule::Only::first && written) ||
        rule.only == Rule::Only::last)
      break;
    rest.remove_prefix(end + 1);
  }
  if (!written && rule.has_otherwise && holds(rule.when_each, scope)) write_otherwise(rule, scope, 0);
}

void Run::run_joined(const Rule& rule, const Scope& scope, const Selector& selector, std::uint32_t segment) {
  if (!holds(rule.when_each, scope)) return;
  Part part;
  part.segment = segment;
  part.field = selector.field;
  part.raw = message_.field(segment, selector.field);
  std::string out;
  bool any = false;
  std::string_view rest = part.raw;
  for (std::uint32_t repetition = 1;; ++repetition) {
    const auto end = rest.find(delimiters_.repetition);
    Part one = part;
    one.raw = rest.substr(0, end);
    one.repetition = repetition;
    const auto text = text_of(below(one, selector.component, selector.subcomponent), selector.read);
    // An empty line within a text stays one; at the beginning and the end it goes.
    if (any) out += rule.join;
    out += text;
    any = any || !text.empty();
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  if (!any) return hl7v2::is_null(part.raw) ? clear(rule, scope) : write_otherwise(rule, scope, 0);
  if (context_.trace) s_.sources.assign(1, {part, part.raw});
  while (!rule.join.empty() && out.ends_with(rule.join)) out.resize(out.size() - rule.join.size());
  Part joined = part;
  joined.level = Part::Level::text;
  joined.raw = arena_->copy(out);
  perform(rule, scope, joined, 0);
}

bool Run::run_value(const Rule& rule, const Scope& scope, const Part& part, std::uint32_t repetition) {
  if (hl7v2::is_null(part.raw)) {
    if (context_.trace) use(part.raw);
    clear(rule, scope);
    return true;
  }
  if (!valued(part.raw)) return false;
  perform(rule, scope, part, repetition);
  return true;
}

void Run::perform(const Rule& rule, const Scope& scope, const Part& part, std::uint32_t repetition) {
  switch (rule.action) {
    case Rule::Action::literal:
      if (const std::uint32_t node = reach(rule, scope, repetition); node != kNone)
        write_ready(node, rule.literal, false, scope, part);
      return;
    case Rule::Action::pieces: {
      const std::string_view text = pieces(rule, scope);
      if (text.empty()) return write_otherwise(rule, scope, repetition);
      Part made;
      made.level = Part::Level::text;
      made.raw = text;
      return write_text(rule, scope, made, text, repetition);
    }
    case Rule::Action::block:
      return apply_block(rule, scope, part, repetition);
    case Rule::Action::coded:
      return apply_coded(rule, scope, part, repetition);
    case Rule::Action::refuse:
      return refuse(rule.literal, scope);
    case Rule::Action::text:
      break;
  }
  const bool selected = rule.source == Rule::Source::selector;
  const Selector::Read read = selected ? program_.selectors[rule.index].read : Selector::Read::whole;
  std::string_view text = text_of(part, read);
  switch (rule.via) {
    case Rule::Via::plain:
      break;
    case Rule::Via::system:
      // The whole of an HD tells more than its first component.
      if (part.level == Part::Level::text || part.level == Part::Level::subcomponent || read == Selector::Read::whole) {
        text = program_.systems.of_name(text, context_.hospital, *arena_);
      } else {
        text = authority(part.raw,
                         part.level == Part::Level::component ? delimiters_.subcomponent : delimiters_.component);
        if (context_.trace) last_read_ = part.raw;
      }
      break;
    case Rule::Via::base64:
      text = base64_of_bytes(text, *arena_);
      break;
    case Rule::Via::hex:
      text = base64_of_hex(text, *arena_).value_or(std::string_view());
      break;
  }
  if (text.empty()) return write_otherwise(rule, scope, repetition);
  if (rule.table == kNone) return write_text(rule, scope, part, text, repetition);
  const Table& table = program_.tables[rule.table];
  std::uint32_t entry = table.find(text);
  if (entry == kNone && part.level == Part::Level::repetition)
    entry = table.find(text_of(below(part, 4, 0), Selector::Read::first));
  if (entry != kNone) {
    if (const std::uint32_t node = reach(rule, scope, repetition); node != kNone)
      write_ready(node, table.codings[entry].code, true, scope, part);
    return;
  }
  note(Notice::Kind::unmapped_code, where(part), "'" + std::string(text) + "' is not in table " + table.name,
       rule.info);
  if (context_.trace)
    fell(Fallback::Kind::unmapped_code, where(part), "'" + std::string(text) + "' is not in table " + table.name,
         rule.info);
  write_otherwise(rule, scope, repetition);
}

void Run::write_text(const Rule& rule, const Scope& scope, const Part& part, std::string_view text,
                     std::uint32_t repetition) {
  const std::uint32_t node = reach(rule, scope, repetition);
  if (node == kNone) return;
  if (!write_primitive(node, text, true, scope, part)) write_otherwise(rule, scope, repetition);
}

void Run::write_otherwise(const Rule& rule, const Scope& scope, std::uint32_t repetition) {
  if (!rule.has_otherwise) return;
  const std::uint32_t node = reach(rule, scope, repetition);
  if (node == kNone) return;
  if (context_.trace) fell_otherwise(rule, node);
  if (rule.action != Rule::Action::coded) {
    write_ready(node, rule.otherwise, false, scope, Part{});
  } else if (!tree_.has_content(node)) {
    const std::uint32_t coding =
        rule.coding_step == kNone ? node : tree_.new_item(node, program_.steps[rule.coding_step]);
    write_coding(coding, rule.otherwise, {}, program_.tables[rule.table].to, false, scope, Part{});
  }
}

// One moment is told again and again in a message: by its header, its order, each of its results.
std::optional<std::string_view> Run::converted(Primitive to, std::string_view text) {
  if (to != Primitive::date_time && to != Primitive::instant) return convert(to, text, context_.zone, *arena_);
  for (const Moment& known : moments_) {
    if (known.to == to && known.text == text) return known.made;
  }
  Moment& moment = moments_[next_moment_];
  next_moment_ = (next_moment_ + 1) % moments_.size();
  moment = {to, text, convert(to, text, context_.zone, *arena_)};
  return moment.made;
}

// False when the text is none of the element's; true when it stands there, or another one already did.
bool Run::write_primitive(std::uint32_t index, std::string_view text, bool sourced, const Scope& scope,
                          const Part& part) {
  const Step& step = *tree_[index].step;
  if (tree_[index].has_text) return true;
  const auto value = converted(step.primitive, text);
  if (!value || value->empty()) {
    note(Notice::Kind::bad_value, where(part),
         "'" + text::shortened(text) + "' is no " + std::string(step.type->name), scope.rule);
    if (context_.trace)
      fell(Fallback::Kind::bad_value, where(part),
           "'" + text::shortened(text) + "' is no " + std::string(step.type->name), scope.rule);
    return false;
  }
  const auto codes = step.element == nullptr ? std::span<const std::string_view>() : step.element->codes;
  if (step.primitive == Primitive::code && !codes.empty() &&
      !std::binary_search(codes.begin(), codes.end(), *value)) {
    note(Notice::Kind::unmapped_code, where(part),
         "'" + text::shortened(*value) + "' is none of the codes that " + std::string(step.name) +
             " may have",
         scope.rule);
    if (context_.trace)
      fell(Fallback::Kind::unmapped_code, where(part),
           "'" + text::shortened(*value) + "' is none of the codes that " + std::string(step.name) +
               " may have",
           scope.rule);
    return false;
  }
  write_ready(index, *value, sourced, scope, part);
  return true;
}

// A text that is known to be the element's: converted, or checked when the mapping was compiled.
void Run::write_ready(std::uint32_t index, std::string_view text, bool sourced, const Scope& scope, const Part& part) {
  Node& node = tree_[index];
  if (node.has_text) return;
  tree_.unsettle(index);
  node.text = text;
  node.has_text = true;
  node.sourced = sourced;
  if (context_.trace) add_origins(index, sourced, scope, part);
}

}  // namespace yilian::mapping
