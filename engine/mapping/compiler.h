#pragma once
// Checks the mapping files against the HL7 v2 and FHIR definitions and compiles them. All problems at once, each with
// its place and a cure.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/mapping/expression.h"
#include "engine/mapping/program.h"
#include "engine/mapping/sources.h"

namespace yilian::mapping {

class Compiler {
 public:
  Compiler(const Sources& sources, std::vector<Issue>& issues) : sources_(sources), issues_(issues) {}
  // Usable only when no issues were added.
  std::unique_ptr<Program> compile();
  // The FHIR type of a map's target; nullptr when R4 has none such.
  static const fhir::Type* find_type(const std::string& name);

 private:
  // Where a rule stands, for names that depend on it.
  struct Place {
    std::string label_space;        // labels of two maps are never the same
    std::string datatype;           // of a datatype map: "CX"
    std::uint16_t own_segment = 0;  // of a segment map
    const fhir::Type* target = nullptr;
    Primitive primitive = Primitive::none;
    Nature* nature = nullptr;  // to note what it depends on
    std::string unique;      // a name for unlabelled items

    // What is compiled here is the same wherever else it is plain.
    bool plain() const { return nature == nullptr && datatype.empty() && own_segment == 0; }
  };
  struct Path {
    std::uint32_t first = 0, steps = 0;
    const fhir::Type* type = nullptr;  // of the last step
    bool entered = false;              // the last step enters a resource
    bool ok = false;
  };

  // compiler.cpp
  void fail(const config::Node& node, std::string what, std::string cure = {});
  std::string did_you_mean(std::string_view word, std::vector<std::string_view> known) const;
  std::string_view keep(std::string text);
  const RequiredElements* required(const fhir::Type* type);
  void compile_tables();
  void compile_blocks();
  void compile_block(const MapSource& source, Block& block);
  void finish_blocks();
  void add_touched(const Rule& rule, Orders& touches) const;
  bool check_cycles(std::uint32_t block, std::vector<std::uint8_t>& state);
  void add_special_steps();
  std::uint32_t special_step(const char* type, const char* element);
  Key compile_key(const config::Node& node, const Place& place);
  std::vector<Default> compile_defaults(const config::Node& node, const Place& place, const std::string& name);
  std::uint32_t find_block(const config::Node& node);
  std::uint32_t find_table(const config::Node& node);

  // compile_path.cpp
  Path compile_path(const std::string& text, const Place& place, const config::Node& node);
  bool add_element(std::string_view name, const std::string& label, bool labelled, const fhir::Type*& type,
                   std::string& trail, const config::Node& node);
  bool add_entered(std::string_view name, const fhir::Type*& type, std::string& trail, const config::Node& node);
  void mark_repeating(Path& path);
  std::uint32_t slot(const std::string& trail);

  // compile_expression.cpp
  std::uint32_t compile_condition(const config::Node& node, const Place& place);
  std::uint32_t compile_tests(const Expression& source, std::uint32_t yes, std::uint32_t no, const config::Node& node,
                              const Place& place);
  const Result<Expression>& operand(const std::string& text);
  std::uint32_t compile_operand(const std::string& text, const config::Node& node, const Place& place);
  std::uint32_t compile_expression(const Expression& source, const config::Node& node, const Place& place);
  bool compile_call(const Expression& source, Expr& out, const config::Node& node, const Place& place);
  bool compile_script_call(const Expression& source, Expr& out, const config::Node& node);
  std::uint32_t compile_selector(const PathName& path, const std::string& text, const config::Node& node,
                                 const Place& place);
  bool check_field(const PathName& path, const std::string& text, Selector& out, const config::Node& node);
  bool check_components(std::string_view datatype, const PathName& path, const std::string& text, Selector& out,
                        const config::Node& node);
  std::uint32_t add_pattern(const std::string& text, const config::Node& node);
  std::uint32_t add_expr(Expr expr);  // equal expressions are one, so that their truth is found once
  std::uint32_t add_selector(const Selector& selector);
  bool known_segment(const std::string& id) const;

  // compile_rule.cpp
  // `to`: the target path where the rule itself does not say it (defaults, `set`).
  bool compile_rule(const RuleSource& source, const Place& place, Rule& out, const std::string* to = nullptr);
  // Why the message is refused; empty when that is not said as it should be.
  std::string_view compile_refusal(const RuleSource& source, bool row);
  bool reads(std::uint32_t condition, const Rule& rule) const;
  std::vector<std::uint32_t> asked(std::uint32_t condition) const;  // all its expressions
  std::vector<std::uint16_t> find_deciders(std::uint16_t segment,
                                           const std::vector<std::vector<std::uint32_t>>& conditions) const;
  bool compile_source(const RuleSource& source, const Place& place, Rule& out);
  bool compile_action(const RuleSource& source, const Place& place, const Path& path, Rule& out);
  bool compile_value(const config::Node& value, const Place& place, const Path& path, Rule& out);
  bool compile_table_use(const RuleSource& source, const Path& path, Rule& out);
  bool compile_block_use(const RuleSource& source, const Path& path, const Place& place, Rule& out);
  void compile_options(const RuleSource& source, const Path& path, Rule& out);
  std::string_view compile_literal(std::string_view literal, const Path& path, const config::Node& node);
  std::string suggest_map(const RuleSource& source, const fhir::Type& type, const Place& place) const;
  const fhir::Element* last_element(const Path& path) const;

  // compile_message.cpp
  void compile_message(const MessageSource& source);
  void add_paths(const hl7v2::Particle& particle, std::uint32_t parent, MessageProgram& out);
  void compile_resources(const MessageSource& source, MessageProgram& out);
  // compile_made.cpp
  bool compile_made(const config::Node& node, const Declared& declared, MadeCondition& out);
  void compile_made_conditions(const config::Node& only_if, const config::Node& refuse, const std::string& name,
                               Declared& declared);
  bool compile_per(const config::Node& node, MessageProgram& out, Declared& declared);
  void compile_row(const RuleSource& source, const MessageSource& message, MessageProgram& out);
  bool compile_row_place(const config::Node& from, MessageProgram& out, Row& row);
  bool compile_row_target(const RuleSource& source, const MessageSource& message, const MessageProgram& out, Row& row);
  void compile_links(const RuleSource& source, const MessageSource& message, const MessageProgram& out, Row& row);
  void compile_sets(const RuleSource& source, const MessageSource& message, const MessageProgram& out, Row& row);
  void finish_message(const MessageSource& source, MessageProgram& out);
  void finish_declared(MessageProgram& out);
  void finish_rows(MessageProgram& out);
  std::uint32_t find_declared(const std::string& text, const MessageProgram& out, std::string& rest,
                              const config::Node& node);
  void register_message(const MessageSource& source, std::uint32_t index);

  const Sources& sources_;
  std::vector<Issue>& issues_;
  std::unique_ptr<Program> program_;
  std::map<std::string, std::uint32_t> blocks_, tables_;
  std::unordered_map<std::string, std::uint32_t> slots_;
  std::unordered_map<std::string, std::uint32_t> exprs_, patterns_;            // by their meaning
  std::unordered_map<std::string, Result<Expression>> conditions_, operands_;  // of texts that were met already
  std::unordered_map<std::string, std::uint32_t> plain_conditions_, plain_operands_;  // compiled in plain places, by text
  std::unordered_map<std::uint64_t, std::uint32_t> selectors_;                       // by their parts
  std::map<std::array<std::uint32_t, 3>, std::uint32_t> tests_;
  std::map<std::uint32_t, std::set<std::uint32_t>> uses_;      // block -> blocks that its rules apply
  std::map<std::uint32_t, std::set<std::string>> entered_by_;  // slot of an entered resource -> rules that write to it
  std::set<std::uint32_t> keyed_slots_;  // of those, the ones whose resource some rule can give a key
  std::uint32_t current_block_ = kNone;
};

}  // namespace yilian::mapping
