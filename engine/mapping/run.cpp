#include "engine/mapping/run.h"

#include <algorithm>

namespace yilian::mapping {

Run::Run(const Program& program, const MessageProgram& map, const hl7v2::Message& message, const Context& context,
         Scratch& scratch)
    : program_(program),
      map_(map),
      message_(message),
      delimiters_(message.delimiters()),
      context_(context),
      s_(scratch),
      tree_(scratch.tree) {
  out_.arena = std::make_unique<fhir::Arena>();
  arena_ = out_.arena.get();
  tree_.clear();
  s_.instances.clear();
  if (s_.positions.size() < map.declared.size()) s_.positions.resize(map.declared.size());
  for (auto& positions : s_.positions) positions.clear();
  constexpr std::uint32_t kMostFocuses = 0xF0000000;  // more are left than one message can need
  if (s_.focus > kMostFocuses || s_.message > kMostFocuses || s_.truths.size() < program.exprs.size() || s_.texts.size() < program.selectors.size() ||
      s_.resolved.size() < program.segments.size()) {
    s_.focus = s_.message = 0;
    s_.truths.assign(std::max(s_.truths.size(), program.exprs.size()), {});
    s_.texts.assign(std::max(s_.texts.size(), program.selectors.size()), {});
    s_.resolved.assign(std::max(s_.resolved.size(), program.segments.size()), {});
  }
  ++s_.message;
  s_.cleared.clear();
  s_.assumed.clear();
  s_.links.clear();
  s_.entered.clear();
  s_.origins.clear();
  s_.sources.clear();
  s_.contents.clear();
  s_.references.clear();
  if (!context.trace) {
    s_.memo.begin(program, context, delimiters_);
    s_.shortlists.begin();
    s_.row_lists.begin();
  }
  const auto header_end = message.text().find(delimiters_.field, 4);
  const std::string_view body =
      header_end == std::string_view::npos ? message.text() : message.text().substr(header_end);
  escapes_ = body.find(delimiters_.escape) != std::string_view::npos;
  repetitions_ = body.find(delimiters_.repetition) != std::string_view::npos;
}

Result<Mapped> Run::go() {
  const hl7v2::Tree tree = hl7v2::Tree::arrange(message_, *map_.structure);
  s_.index.build(message_, tree, program_, map_);
  for (const auto& notice : tree.notices()) note(Notice::Kind::structure, notice.where, notice.what, kNone);
  event_time();
  run_rows();
  if (overflow_) {
    return fail(Code::too_large,
                "the message makes more than " + std::to_string(kMostInstances) +
                    " resources, or more elements than one message may",
                {}, "let the sender split it into several messages");
  }
  if (refusal_) return Failure(std::move(*refusal_));
  run_links();
  merge();
  describe_unkeyed();
  name_references();
  write_defaults();
  drop_invalid();
  if (map_.asks_made) ask_made();
  if (refusal_) return Failure(std::move(*refusal_));
  identify_by_contents();
  for (std::uint32_t i = 0; i < map_.declared.size(); ++i) {
    const Declared& declared = map_.declared[i];
    if (!declared.needed) continue;
    const bool made = std::any_of(s_.positions[i].begin(), s_.positions[i].end(),
                                  [&](const auto& at) { return s_.instances[target(at.second)].alive; });
    if (!made) {
      return fail(Code::required_missing, "the message tells of no " + std::string(declared.type->name),
                  declared.segment != 0 ? program_.segments.name(declared.segment) : std::string(),
                  "it cannot be attached to anything without one");
    }
  }
  emit(out_);
  out_.shared = s_.memo.arena();
  return std::move(out_);
}

void Run::event_time() {
  for (const std::uint32_t selector : map_.event_time) {
    const Part part = select(program_.selectors[selector], Scope{});
    if (const auto at = moment(text_of(part, Selector::Read::first), context_.zone)) {
      out_.event_time = *at;
      if (context_.trace) use(last_read_);
      return;
    }
  }
  out_.event_time = now();
  const char* const what = "the message does not say when it happened: the time of its arrival is taken";
  note(Notice::Kind::bad_value, "MSH-7", what, kNone);
  if (context_.trace) fell(Fallback::Kind::arrival_time, "MSH-7", what, kNone);
}

// The other rules go on, as what is kept of them must be whole. Of several that refuse the first by number is told:
// in which order they run hangs on what is kept.
void Run::refuse(std::string_view reason, const Scope& scope) {
  ++effects_;
  if (scope.rule >= refusing_) return;
  refusing_ = scope.rule;
  const std::string_view id = scope.segment == kNone ? std::string_view() : message_.segment_id(scope.segment);
  refusal_ = Issue{Code::bad_value, Severity::error, std::string(id), std::string(reason),
                   "the rule " + program_.infos[scope.rule].id + " refuses it"};
}

void Run::note(Notice::Kind kind, std::string where, std::string what, std::uint32_t rule) {
  ++effects_;
  if (out_.notices.size() < kMostNotices) {
    out_.notices.push_back(
        {kind, std::move(where), std::move(what), rule == kNone ? std::string() : program_.infos[rule].id});
  } else if (!rejected_notices_) {
    rejected_notices_ = true;
    out_.notices.push_back(
        {Notice::Kind::other,
         {},
         "there were more than " + std::to_string(kMostNotices) + " notices; the others are left out",
         {}});
  }
}

std::string Run::where(const Part& part) const {
  if (part.segment == kNone || part.field == 0) return {};
  std::string out(message_.segment_id(part.segment));
  out += '-' + std::to_string(part.field);
  if (part.repetition > 1) out += '(' + std::to_string(part.repetition) + ')';
  if (part.component > 0) out += '.' + std::to_string(part.component);
  if (part.subcomponent > 0) out += '.' + std::to_string(part.subcomponent);
  return out;
}

}  // namespace yilian::mapping
