// `only-if` and `refuse` of a declared resource: conditions in FHIRPath on what has been made.

#include "engine/fhirpath/checked.h"
#include "engine/mapping/compiler.h"

namespace yilian::mapping {

using config::Node;

bool Compiler::compile_made(const Node& node, const Declared& declared, MadeCondition& out) {
  auto expression = node.need_text();
  if (!expression) {
    issues_.push_back(std::move(expression).error());
    return false;
  }
  auto compiled = fhirpath::compile_condition(*expression, declared.type);
  if (!compiled) {
    const Issue& issue = compiled.error();
    fail(node, "the FHIRPath on " + std::string(declared.type->name) + ": " + fhirpath::told(issue), issue.cure);
    return false;
  }
  out.expression = std::make_shared<const fhirpath::Expression>(std::move(*compiled));
  return true;
}

void Compiler::compile_made_conditions(const Node& only_if, const Node& refuse, const std::string& name, Declared& declared) {
  const auto add = [&](MadeCondition condition, const Node& node, const std::string& key) {
    condition.info = static_cast<std::uint32_t>(program_->infos.size());
    program_->infos.push_back({name + "#" + key, node.place()});
    declared.made.push_back(std::move(condition));
  };
  if (only_if) {
    MadeCondition condition;
    if (compile_made(only_if, declared, condition)) add(std::move(condition), only_if, "only-if");
  }
  const bool one = refuse.is_map();
  int number = 0;
  for (const Node& each : one ? std::vector<Node>{refuse} : refuse.items()) {
    ++number;
    if (!each.is_map()) {
      fail(each, "`refuse` of a resource is a condition and words", "write {if: FHIRPath, why: words}, or `unless` for what has to hold");
      continue;
    }
    if (auto ok = each.only({"if", "unless", "why", "comment"}); !ok) issues_.push_back(std::move(ok).error());
    const Node when = each["if"], unless = each["unless"];
    if (static_cast<bool>(when) == static_cast<bool>(unless)) {
      fail(each, "`refuse` has either `if` or `unless`", "if: what must not be; unless: what has to hold");
      continue;
    }
    MadeCondition condition;
    condition.refuses_when = static_cast<bool>(when);
    condition.reason = keep(each["why"].text_or(""));
    if (condition.reason.empty()) fail(each, "`refuse` says why the message is refused", "write `why:` for the sender to read");
    if (!compile_made(when ? when : unless, declared, condition)) continue;
    add(std::move(condition), each, number == 1 ? "refuse" : "refuse." + std::to_string(number));
  }
}

}  // namespace yilian::mapping
