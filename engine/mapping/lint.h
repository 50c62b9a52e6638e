#pragma once
// What is hardly meant in rules that are right: rules that can never do anything, rules that get in each other's way,
// what nobody uses (docs/mapping-language.md, "Warnings").

#include <vector>

#include "engine/mapping/sources.h"

namespace yilian::mapping {

// Each with file:line and a cure. An error is a condition that can never hold, which is a mistake for sure; the rest
// are warnings. The sources have been compiled without a problem.
std::vector<Issue> lint(const Sources& sources);

// For lint.cpp. Rules that never run, and pairs of rules that write one element (lint_rules.cpp).
void lint_rules(const MapSource& map, std::vector<Issue>& out);
// Conditions of a message's rows and resources.
void lint_conditions(const MessageSource& message, std::vector<Issue>& out);
// Codes that go beside an element's value set (lint_codes.cpp).
void lint_codes(const Sources& sources, const MapSource& map, std::vector<Issue>& out);
// Maps that no message leads to, tables that no rule names (lint_use.cpp).
void lint_use(const Sources& sources, std::vector<Issue>& out);

Issue finding(const config::Node& where, Severity severity, std::string what, std::string cure);

}  // namespace yilian::mapping
