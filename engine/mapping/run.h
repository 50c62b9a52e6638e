#pragma once
// One message going through a compiled mapping. Rows make and fill instances (run_rows.cpp), rules fill elements
// (run_rules.cpp, apply.cpp) with what parts of the message (select.cpp) and expressions (evaluate.cpp) give; then
// instances of one id become one, gaps get their defaults, what is not valid is left out (finish.cpp), and the rest is
// written (emit.cpp).

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/mapping/build_tree.h"
#include "engine/mapping/instance.h"
#include "engine/mapping/mapping.h"
#include "engine/mapping/matches.h"
#include "engine/mapping/memo.h"
#include "engine/mapping/segment_index.h"
#include "engine/mapping/shortlist.h"

namespace yilian::mapping {

inline constexpr std::size_t kMostInstances = 50'000;
inline constexpr std::size_t kMostNodes = 4'000'000;
inline constexpr std::size_t kMostNotices = 500;

// A piece of the message, and where it stands.
struct Part {
  enum class Level : std::uint8_t {
    repetition,
    component,
    subcomponent,
    text /* already decoded; from an expression */
  } level = Level::repetition;
  std::string_view raw;
  std::uint32_t segment = kNone;
  std::uint32_t repetition = 1;
  std::uint16_t field = 0, component = 0, subcomponent = 0;
};

// The components of a value, cut once for all rules of a map. What lies behind the last place is cut when it is asked
// for.
struct Split {
  static constexpr std::size_t kMost = 24;
  std::string_view parts[kMost];
  std::size_t count = 0;
  std::uint64_t valued = 0;  // a bit for each component that is not empty
  bool whole = true;         // there are no more than these
};

// What the names in a rule stand for.
struct Scope {
  std::uint32_t segment = kNone;  // who looks; kNone: the message as a whole
  const Part* value = nullptr;    // what a datatype map is applied to
  const Split* split = nullptr;   // its components
  const Part* bound = nullptr;    // the current repetition of the rule's own field, when it has several
  std::uint32_t run = 0;          // this run of the map: labels hold within it
  std::uint32_t node = kNone;     // target
  std::uint32_t outer = kNone;    // RuleInfo of the segment map's rule
  std::uint32_t rule = kNone;     // RuleInfo of the rule itself
};

struct RawOrigin {
  Part part;  // segment kNone: no field
  std::uint32_t outer, rule, next;
  std::string_view read;  // the bytes that became the text; empty: the part was only asked whether it is there
};

// A part of the message that an expression read (only when traced).
struct Source {
  Part part;
  std::string_view read;  // of it, as text
  bool asked = false;     // by a condition
};

// Memory that is kept from message to message; one a thread.
struct Scratch {
  BuildTree tree;
  SegmentIndex index;
  std::vector<Instance> instances;
  std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>>
      positions;                          // by declared resource: (segment where it begins, instance), sorted
  std::vector<std::uint32_t> references;  // that rules made
  std::vector<std::pair<std::uint32_t, std::string>> cleared;       // (instance, path)
  std::vector<std::pair<std::uint32_t, std::string_view>> assumed;  // (instance, element)
  struct Deferred {
    const Link* link;
    std::uint32_t segment, run;
    std::uint32_t from;  // instance that the row made; kNone: another one is meant
  };
  std::vector<Deferred> links;
  std::vector<std::pair<std::string_view, std::uint32_t>> contents;  // what is known by its contents: (they, instance)
  struct Entered {  // a value that a resource of its own was made of
    std::string_view raw;
    std::uint32_t instance;
  };
  std::vector<Entered> entered;
  std::vector<RawOrigin> origins;
  std::vector<Source> sources;  // what the last expression read (only when traced)
  // What was found for the segment in focus, or in a segment of the message. Of another one, it is forgotten: numbers of
  // focuses and of messages go on from message to message.
  template <class T>
  struct Found {
    std::uint32_t when = 0, segment = kNone;
    T what{};
  };
  std::uint32_t focus = 0, message = 0;
  std::vector<Found<std::uint32_t>> resolved;  // by segment id, of a focus
  std::vector<Found<bool>> truths;             // by expression, of a focus or a segment
  std::vector<Found<std::string_view>> texts;  // by selector, of a segment
  std::string text;
  std::vector<char> inputs;  // Run::with_inputs
  Matches matches;
  Memo memo;
  Shortlists shortlists;
  RowLists row_lists;
  std::uint32_t makers = 0;  // groups of rules that were given a number in the memo
  struct Feeding {  // a segment that rows feed from
    std::uint64_t valued = 0;                           // hl7v2::Message::valued_fields
    std::uint64_t odd = 0;                              // of them, those that may yet tell nothing; not when traced
    const std::vector<std::uint32_t>* whens = nullptr;  // conditions of its rows; nullptr: as they are written
  };
  std::vector<Feeding> feeding;  // by segment
};

class MadeResources;

class Run {
 public:
  Run(const Program& program, const MessageProgram& map, const hl7v2::Message& message, const Context& context,
      Scratch& scratch);
  Result<Mapped> go();

 private:
  // First words of keys in the tree's NumberTable; labels use what is below.
  // Levels of keys in the memo, behind those of a part.
  static constexpr std::uint32_t kTogetherLevel = static_cast<std::uint32_t>(Part::Level::text) + 1,
                                 kFamilyLevel = kTogetherLevel + 1;
  enum Tag : std::uint32_t { kInstanceTag = 1u << 24, kLinkTag, kMemoTag, kIdTag, kContentsTag };

  // run_rows.cpp
  void run_rows();
  void run_row(const Row& row, std::uint32_t segment, std::uint32_t when);
  void run_links();
  void set_link(const Scratch::Deferred& deferred);
  std::uint32_t instance_for(std::uint32_t declared,
                             std::uint32_t segment);  // made when it is not there; kNone: none here
  std::uint32_t find_instance(std::uint32_t declared, std::uint32_t segment) const;
  void another_elsewhere(const Row& row, std::uint32_t segment);
  bool tells_of_another(const Row& row, std::uint32_t made, std::uint32_t segment);
  std::uint32_t make_declared(std::uint32_t declared, std::uint32_t segment, std::uint32_t position);
  std::uint32_t make_instance(const Step& root, const Declared* declared, std::uint32_t segment);
  bool identify(Instance& instance, const Key& key, const Scope& scope);
  void set_id(Instance& instance, std::string_view name);

  // run_rules.cpp
  void run_block(const Block& block, Scope scope);
  void run_rules(const std::vector<Rule>& rules, Scope scope, std::uint64_t valued);
  // shortlist.cpp: the rules of a segment map that may do something where these fields are valued; their conditions go
  // on behind what is known by that. nullptr: it is not known of such a segment.
  Shortlist* shortlist(const Block& block, const Scope& scope, std::uint64_t valued);
  struct Look {  // what of a segment decides on its rules
    std::uint32_t segment;
    std::uint64_t valued, odd;
    std::uint64_t unknown = 0;                   // fields whose text the shape does not tell
    std::uint64_t repeated = ~std::uint64_t{0};  // fields that may have several repetitions
  };
  bool describe(Look& look, std::uint32_t kind, std::uint32_t number, const std::vector<std::uint16_t>& deciders,
                Shape& shape) const;
  bool counts(const Expr& expr) const;
  bool asks_field(const Expr& expr) const;
  std::uint32_t known_part(std::uint32_t condition, const Look& look, const Scope& scope, std::uint64_t own);
  std::uint64_t odd_fields(std::uint32_t segment, std::uint64_t valued) const;
  // The same for the rows of a message map; nullptr: it is not known.
  const std::vector<std::uint32_t>* row_list(const SegmentRows& rows, std::uint32_t segment);

  void run_rule(const Rule& rule, const Scope& scope);
  void run_repetitions(const Rule& rule, const Scope& scope, const Selector& selector);
  void run_single(const Rule& rule, const Scope& scope, const Part& part);
  void run_joined(const Rule& rule, const Scope& scope, const Selector& selector, std::uint32_t segment);
  bool run_value(const Rule& rule, const Scope& scope, const Part& part,
                 std::uint32_t repetition);  // false: nothing there
  void perform(const Rule& rule, const Scope& scope, const Part& part, std::uint32_t repetition);
  void write_text(const Rule& rule, const Scope& scope, const Part& part, std::string_view text,
                  std::uint32_t repetition);
  void write_otherwise(const Rule& rule, const Scope& scope, std::uint32_t repetition);
  std::optional<std::string_view> converted(Primitive to, std::string_view text);
  bool write_primitive(std::uint32_t node, std::string_view text, bool sourced, const Scope& scope, const Part& part);
  void write_ready(std::uint32_t node, std::string_view text, bool sourced, const Scope& scope, const Part& part);

  // apply.cpp
  void apply_block(const Rule& rule, const Scope& scope, const Part& part, std::uint32_t repetition);
  void fill(const Block& block, const Scope& inner, const Part& part);
  template <class Build>
  void build_once(std::uint32_t maker, const Block* block, const Orders& touches, const Part& part, const Scope& scope,
                  Build build);
  template <class Build>
  bool take_or_keep(Memo::Key key, std::uint32_t node, Build build);
  void run_together(Together& together, const Scope& scope);
  std::string_view with_inputs(std::string_view value, const std::vector<Input>& inputs, const Scope& scope);
  void apply_coded(const Rule& rule, const Scope& scope, const Part& part, std::uint32_t repetition);
  void write_coded(const Rule& rule, const Scope& scope, const Part& part, std::uint32_t repetition, std::uint32_t node);
  void write_coding(std::uint32_t coding, std::string_view code, std::string_view display, std::string_view system,
                    bool sourced, const Scope& scope, const Part& part);
  void drop_repeated_codings(std::uint32_t concept_node, const Step& coding);
  void clear(const Rule& rule, const Scope& scope);
  bool said_already(const Rule& rule, std::uint32_t node) const;
  std::uint32_t reach(const Rule& rule, const Scope& scope, std::uint32_t repetition);
  std::uint32_t walk(std::uint32_t node, std::uint32_t first, std::uint32_t count, std::uint32_t run,
                     std::uint32_t repetition, std::uint32_t segment);
  std::uint32_t enter(std::uint32_t reference, const Step& step, std::uint32_t segment);
  // entered.cpp
  void apply_entered(const Rule& rule, const Scope& scope, const Part& part, std::uint32_t repetition);
  std::uint32_t make_entered(const Block& block, const Step& step, const Part& part, const Scope& scope,
                             std::uint32_t reference);
  std::uint32_t build_entered(const Block& block, const Step& step, const Part& part, const Scope& scope,
                              std::uint32_t reference);
  std::uint32_t paste_family(const Family& family, std::uint32_t reference, std::uint32_t segment);
  std::optional<Family> family_since(std::size_t nodes, std::size_t instances, std::size_t references);

  // select.cpp
  Part select(const Selector& selector, const Scope& scope);
  Part below(Part part, unsigned component, unsigned subcomponent) const;
  void cut(const Part& part, Split& out) const;
  std::string_view text_of(const Part& part, Selector::Read read);
  std::string_view decoded(std::string_view raw);
  void focus(std::uint32_t segment) {
    if (focused_ == segment) return;
    focused_ = segment;
    ++s_.focus;
  }
  std::uint32_t resolve(std::uint32_t segment, std::uint16_t id);
  bool valued(std::string_view raw) const;

  // evaluate.cpp
  bool holds(std::uint32_t condition, const Scope& scope);  // kNone: always
  bool truth(std::uint32_t expr, const Scope& scope);
  bool find_truth(std::uint32_t expr, const Scope& scope);
  std::string_view evaluate(std::uint32_t expr, const Scope& scope);
  std::string_view selected(std::uint32_t selector, const Scope& scope);
  std::string_view evaluate_function(const Expr& expr, const Scope& scope);
  bool matches(std::uint32_t pattern, std::string_view text);
  bool compare(const Expr& expr, const Scope& scope);
  std::uint32_t count(const Expr& expr, const Scope& scope);
  std::string_view pick(const Expr& expr, const Scope& scope);
  std::string_view authority(std::string_view hd, char separator);
  std::string_view pieces(const Rule& rule, const Scope& scope);
  // call_script.cpp
  std::string_view call_script(const Expr& expr, const Scope& scope);
  std::uint32_t argument(const Expr& expr, std::uint32_t n) const { return program_.arguments[expr.first + n]; }

  // finish.cpp
  void merge();
  void keep_apart(std::uint32_t index, std::uint32_t first);
  void merge_into(std::uint32_t target, std::uint32_t source);
  void describe_unkeyed();
  void name_references();
  std::string_view display_of(std::uint32_t instance);
  void write_display(std::uint32_t reference, std::uint32_t instance);
  void write_defaults();
  void drop_invalid();
  bool check(std::uint32_t node, bool& content);
  void settle(std::uint32_t node, std::size_t size);
  bool complete(std::uint32_t node);
  void identify_by_contents();
  void contents(std::uint32_t node, std::string& out) const;
  std::uint32_t target(std::uint32_t instance) const;  // after merging
  const Node* first_item(std::uint32_t node, std::string_view element) const;

  // ask_made.cpp
  friend class MadeResources;
  void ask_made();
  bool leave_out_unwanted();
  void refuse_unwanted();
  template <class Do>
  void for_conditions(bool refusing, Do each);
  std::optional<bool> ask(MadeResources& made, const MadeCondition& condition, std::uint32_t instance);
  const fhir::Json* made_json(std::uint32_t instance, fhir::Arena& arena);
  void number_unidentified(bool numbered);
  std::string name_of(std::uint32_t instance) const;  // "Observation/…", as references have it

  // emit.cpp
  void emit(Mapped& out);
  fhir::Json* emit_resource(const Instance& instance, std::string& path, std::uint32_t number);
  void emit_assumed(const std::vector<std::uint32_t>& numbers, Mapped& out);
  void emit_object(std::uint32_t node, fhir::Json& out, std::string& path, std::uint32_t resource);
  void emit_piece(std::uint32_t node, fhir::Json& parent, std::string& path, std::uint32_t resource);
  void emit_element(std::uint32_t node, fhir::Json& parent, std::string& path, std::uint32_t resource);
  void emit_list(std::uint32_t container, fhir::Json& parent, std::string& path, std::uint32_t resource);
  void emit_primitive(std::uint32_t node, fhir::Json& out, const std::string& path, std::uint32_t resource);
  void emit_origins(std::uint32_t node, const std::string& path, std::uint32_t resource);
  std::string_view reference_to(std::uint32_t instance);
  Rank rank(const Instance& instance) const;

  void refuse(std::string_view reason, const Scope& scope);
  void note(Notice::Kind kind, std::string where, std::string what, std::uint32_t rule);
  std::string where(const Part& part) const;
  void event_time();

  // traced.cpp: only with tracing on
  bool traced_truth(std::uint32_t expr, const Scope& scope);
  std::string_view read_source(const Part& part, Selector::Read read);
  void use(std::string_view raw) { look(raw, out_.used); }
  void look(std::string_view raw, std::vector<Span>& spans);
  void use_sources(std::size_t from);
  void use_picked(std::uint32_t segment, unsigned field, std::string_view repetition);
  void add_origins(std::uint32_t node, bool sourced, const Scope& scope, const Part& part);
  void fell(Fallback::Kind kind, std::string where, std::string what, std::uint32_t rule);
  void fell_otherwise(const Rule& rule, std::uint32_t node);
  void fell_to_default(const std::string& path, std::string_view value, const RawOrigin& raw, std::uint32_t resource);

  const Program& program_;
  const MessageProgram& map_;
  const hl7v2::Message& message_;
  const hl7v2::Delimiters& delimiters_;
  const Context& context_;
  Scratch& s_;
  BuildTree& tree_;
  Mapped out_;
  fhir::Arena* arena_ = nullptr;
  std::uint32_t runs_ = 0;
  std::uint32_t focused_ = kNone - 1;  // the segment that what the scratch has found is of
  std::uint32_t counted_segment_ = kNone, counted_field_ = 0, counted_ = 0;  // the last count() of a field
  script::Allowance script_allowance_;  // what the message's scripts may still take
  const Expr* picked_expr_ = nullptr;                                        // the last pick()
  std::uint32_t picked_segment_ = kNone;
  std::string_view picked_;
  bool escapes_ = true, repetitions_ = true;  // whether the message has such characters at all, behind its header's own
  struct Moment {
    Primitive to = Primitive::none;
    std::string_view text;
    std::optional<std::string_view> made;
  };
  std::array<Moment, 4> moments_;  // the last ones that were converted
  std::size_t next_moment_ = 0;
  bool overflow_ = false;
  std::optional<Issue> refusal_;
  std::uint32_t refusing_ = kNone;  // its rule
  bool rejected_notices_ = false;
  std::string_view last_read_;              // traced: the bytes of the last text that was taken
  const RuleInfo* falling_ = nullptr;       // traced: the rule whose value has just been told not to do
  bool settling_ = false, unsure_ = false;  // checked ahead; something is missing there
  std::uint32_t effects_ = 0;  // counts what rules did besides building: notices, deletions
};

inline std::uint32_t Run::resolve(std::uint32_t segment, std::uint16_t id) {
  focus(segment);
  auto& known = s_.resolved[id];
  if (known.when != s_.focus) known = {s_.focus, kNone, s_.index.resolve(segment, id)};
  return known.what;
}

inline bool Run::holds(std::uint32_t condition, const Scope& scope) {
  if (condition == kNone) return true;
  while (condition < Test::kFails) {
    const Test& test = program_.tests[condition];
    condition = truth(test.expr, scope) ? test.yes : test.no;
  }
  return condition == Test::kHolds;
}

// What reads segments only is true or false for all rules of the segment in focus, or for all who look at the one segment
// that it reads; unless a single repetition is looked at.
inline bool Run::truth(std::uint32_t index, const Scope& scope) {
  const Expr& expr = program_.exprs[index];
  if (!expr.steady || scope.bound != nullptr || context_.trace)
    return context_.trace ? traced_truth(index, scope) : find_truth(index, scope);
  focus(scope.segment);
  const std::uint32_t segment = expr.of_one ? resolve(scope.segment, expr.segment) : kNone;
  const std::uint32_t when = segment == kNone ? s_.focus : s_.message;
  auto& known = s_.truths[index];
  if (known.when == when && known.segment == segment) return known.what;
  const bool found = find_truth(index, scope);
  // Finding it never moves the focus: an expression looks from where its scope stands.
  known = {when, segment, found};
  return found;
}

}  // namespace yilian::mapping
