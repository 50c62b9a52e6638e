#include "engine/mapping/mapping.h"

#include <algorithm>

#include "engine/mapping/compiler.h"
#include "engine/mapping/inline_tests.h"
#include "engine/mapping/lint.h"
#include "engine/mapping/run.h"

namespace yilian::mapping {

struct Mapping::Inner {
  std::unique_ptr<const Program> program;
};

Mapping::Mapping(std::unique_ptr<const Inner> inner) : inner_(std::move(inner)) {}
Mapping::~Mapping() = default;

Result<Mapped> Mapping::run(const hl7v2::Message& message, const Context& context) const {
  const Program& program = *inner_->program;
  std::string type(message.type());
  type += '^';
  type += message.event();
  auto found = program.by_type.find(type);
  if (found == program.by_type.end()) {
    found = program.by_structure.find(std::string(message.structure()));
    if (found == program.by_structure.end()) {
      const bool known = std::find(program.known_types.begin(), program.known_types.end(), message.type()) !=
                         program.known_types.end();
      return fail(known ? Code::unsupported_event : Code::unsupported_message_type, "there is no mapping for " + type,
                  "MSH-9", "add one to messages/, or take the message out of the feed");
    }
  }
  thread_local Scratch scratch;
  return Run(program, program.messages[found->second], message, context, scratch).go();
}

std::uint64_t Mapping::fingerprint() const { return inner_->program->fingerprint; }

std::vector<std::string> Mapping::message_types() const {
  std::vector<std::string> types;
  for (const auto& entry : inner_->program->by_type) types.push_back(entry.first);
  return types;
}

struct Library::Inner {
  Sources sources;
  std::shared_ptr<const Mapping> shared;  // without any hospital's changes: what the check compiled
};

Library::Library() : inner_(std::make_unique<Inner>()) {}
Library::~Library() = default;
Library::Library(Library&&) noexcept = default;

tl::expected<Library, std::vector<Issue>> Library::load(const std::string& folder) {
  std::vector<Issue> issues;
  Library library;
  library.inner_->sources = read_sources(folder, issues);
  auto inner = std::make_unique<Mapping::Inner>();
  inner->program = Compiler(library.inner_->sources, issues).compile();
  if (!issues.empty()) return tl::make_unexpected(std::move(issues));
  library.inner_->shared.reset(new Mapping(std::move(inner)));
  return library;
}

tl::expected<std::shared_ptr<const Mapping>, std::vector<Issue>> Library::compile(const config::Node& hospital) const {
  if (!hospital) return inner_->shared;
  std::vector<Issue> issues;
  const Sources sources = with_hospital(inner_->sources, hospital, issues);
  auto inner = std::make_unique<Mapping::Inner>();
  inner->program = Compiler(sources, issues).compile();
  if (!issues.empty()) return tl::make_unexpected(std::move(issues));
  return std::shared_ptr<const Mapping>(new Mapping(std::move(inner)));
}

std::vector<Issue> Library::lints() const { return lint(inner_->sources); }

std::vector<Issue> Library::run_tests() const {
  return run_inline_tests(inner_->sources, [this](const config::Node& hospital) { return compile(hospital); });
}

std::size_t Library::tests() const {
  std::size_t tests = 0;
  for (const auto& [name, message] : inner_->sources.messages) tests += message.node["tests"].items().size();
  for (const auto& [name, map] : inner_->sources.maps) tests += map.node["tests"].items().size();
  return tests;
}

std::map<std::string, std::map<int, RuleName>> Library::rows() const {
  std::map<std::string, std::map<int, RuleName>> rows;
  const auto add = [&](const std::string& name, const std::vector<RuleSource>& rules) {
    auto& of_map = rows[name];
    for (const RuleSource& rule : rules) {
      for (const int row : rule.ig) of_map.try_emplace(row, RuleName{rule.id, rule.node.place()});
    }
  };
  for (const auto& [name, map] : inner_->sources.maps) add(name, map.rules);
  for (const auto& [name, message] : inner_->sources.messages) add(name, message.rows);
  return rows;
}

std::map<std::string, std::map<std::string, std::string>> Library::codes() const {
  std::map<std::string, std::map<std::string, std::string>> codes;
  for (const auto& [name, table] : inner_->sources.tables) {
    auto& of_table = codes[name];
    for (const auto& [code, entry] : table.node["map"].members()) of_table.try_emplace(code, entry.place());
  }
  return codes;
}

}  // namespace yilian::mapping
