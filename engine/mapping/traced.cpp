// What a traced run keeps besides: which bytes were used, which were only asked about, and where a rule fell back.

#include <utility>

#include "engine/mapping/run.h"

namespace yilian::mapping {
namespace {

constexpr std::size_t kMostFallbacks = 2'000;

}  // namespace

std::string_view name(Fallback::Kind kind) {
  switch (kind) {
    case Fallback::Kind::unmapped_code:
      return "unmapped_code";
    case Fallback::Kind::bad_value:
      return "bad_value";
    case Fallback::Kind::otherwise:
      return "otherwise";
    case Fallback::Kind::default_value:
      return "default_value";
    case Fallback::Kind::arrival_time:
      return "arrival_time";
    case Fallback::Kind::no_key:
      return "no_key";
  }
  return {};
}

// What lies elsewhere (in the arena, in the rules) is no part of the message.
void Run::look(std::string_view raw, std::vector<Span>& spans) {
  const std::string_view text = message_.text();
  if (raw.empty() || raw.data() < text.data() || raw.data() + raw.size() > text.data() + text.size()) return;
  const std::size_t begin = message_.offset(raw);
  if (!spans.empty() && spans.back().begin == begin && spans.back().end == begin + raw.size()) return;
  spans.push_back({begin, begin + raw.size()});
}

bool Run::traced_truth(std::uint32_t index, const Scope& scope) {
  const std::size_t before = s_.sources.size();
  const Expr& expr = program_.exprs[index];
  if (expr.op == Expr::Op::selector || expr.op == Expr::Op::count) {
    const Selector& selector = program_.selectors[expr.index];
    look(select(selector, scope).raw, out_.asked);
  }
  const bool found = find_truth(index, scope);
  for (std::size_t i = before; i < s_.sources.size(); ++i) {
    s_.sources[i].asked = true;
    look(s_.sources[i].read, out_.asked);
  }
  return found;
}

std::string_view Run::read_source(const Part& part, Selector::Read read) {
  const std::string_view text = text_of(part, read);
  if (!part.raw.empty()) s_.sources.push_back({part, part.level == Part::Level::text ? part.raw : last_read_});
  return text;
}

void Run::use_sources(std::size_t from) {
  for (std::size_t i = from; i < s_.sources.size(); ++i) use(s_.sources[i].read);
}

// A number, its authority, and its type, by which it was chosen.
void Run::use_picked(std::uint32_t segment, unsigned field, std::string_view repetition) {
  for (const unsigned component : {1u, 4u, 5u}) {
    Part part;
    part.level = Part::Level::component;
    part.segment = segment;
    part.field = static_cast<std::uint16_t>(field);
    part.raw = hl7v2::component(repetition, component, delimiters_);
    use(part.raw);
  }
}

void Run::add_origins(std::uint32_t index, bool sourced, const Scope& scope, const Part& part) {
  const auto add = [&](const Part& source, std::string_view read) {
    s_.origins.push_back(
        {source, scope.outer == kNone ? scope.rule : scope.outer, scope.rule, tree_[index].origins, read});
    tree_[index].origins = static_cast<std::uint32_t>(s_.origins.size() - 1);
  };
  if (part.segment != kNone && part.field != 0) {
    const bool within = last_read_.data() >= part.raw.data() &&
                        last_read_.data() + last_read_.size() <= part.raw.data() + part.raw.size();
    const bool joined = part.level == Part::Level::text;
    add(part, !sourced ? std::string_view()
              : joined ? message_.field(part.segment, part.field)
              : within ? last_read_
                       : part.raw);
  } else if (s_.sources.empty() || !sourced) {
    add(Part{}, {});
  } else {
    for (const Source& source : s_.sources) add(source.part, source.asked ? std::string_view() : source.read);
  }
}

// `what` is read by the chart as well, which takes it apart to tell it in the reader's language (viewer/src/logic/fallback.ts).
void Run::fell(Fallback::Kind kind, std::string where, std::string what, std::uint32_t rule) {
  if (out_.fallbacks.size() > kMostFallbacks) return;
  if (out_.fallbacks.size() == kMostFallbacks) {
    kind = Fallback::Kind::otherwise;
    where.clear();
    what = "there were more than " + std::to_string(kMostFallbacks) + "; the others are left out";
    rule = kNone;
  }
  Fallback fallback{kind, std::move(where), std::move(what), -1, {}, {}};
  falling_ = nullptr;
  if (rule != kNone) {
    fallback.rule = program_.infos[rule].id;
    fallback.rule_place = program_.infos[rule].place;
    falling_ = &program_.infos[rule];
  }
  out_.fallbacks.push_back(std::move(fallback));
}

// What the rule's `else` is written for has just been told, or the message tells nothing at all.
void Run::fell_otherwise(const Rule& rule, std::uint32_t node) {
  const RuleInfo* const told = std::exchange(falling_, nullptr);
  if (tree_[node].has_text || (rule.action == Rule::Action::coded && tree_.has_content(node))) return;
  const std::string written = "'" + std::string(rule.otherwise) + "' is written instead";
  if (told == &program_.infos[rule.info]) {
    out_.fallbacks.back().what += ": " + written;
    return;
  }
  std::string where;
  if (rule.source == Rule::Source::selector) {
    const Selector& selector = program_.selectors[rule.index];
    if (selector.base == Selector::Base::segment)
      where = program_.segments.name(selector.segment) + "-" + std::to_string(selector.field);
  }
  fell(Fallback::Kind::otherwise, std::move(where), "the message tells nothing: " + written, rule.info);
  falling_ = nullptr;
}

void Run::fell_to_default(const std::string& path, std::string_view value, const RawOrigin& raw,
                          std::uint32_t resource) {
  if (raw.outer == kNone || program_.infos[raw.outer].id.find("#default:") == std::string::npos) return;
  const std::string from = where(raw.part);
  fell(Fallback::Kind::default_value, from,
       path + " = '" + std::string(value) + "' by default" + (from.empty() ? ": the message does not tell it" : ""),
       raw.outer);
  out_.fallbacks.back().resource = static_cast<std::int32_t>(resource);
}

}  // namespace yilian::mapping
