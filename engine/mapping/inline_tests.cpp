#include "engine/mapping/inline_tests.h"

#include <algorithm>
#include <set>

namespace yilian::mapping {
namespace {

using config::Node;

// The texts at a path like "name[0].given"; a list without an index means any of its items.
void collect(const fhir::Json& json, std::string_view path, std::vector<std::string>& out) {
  if (json.is_array()) {
    std::size_t index = 0;
    if (path.empty() || path[0] != '[') {
      for (const fhir::Json& item : json.items()) collect(item, path, out);
      return;
    }
    const auto close = path.find(']');
    for (const char c : path.substr(1, close - 1)) index = index * 10 + static_cast<std::size_t>(c - '0');
    path = close == std::string_view::npos ? std::string_view() : path.substr(close + 1);
    if (index < json.size()) collect(json.items()[index], path, out);
    return;
  }
  if (!path.empty() && path[0] == '.') path.remove_prefix(1);
  if (path.empty()) {
    out.push_back(json.is_object()                           ? fhir::write_json(json)
                  : json.kind() == fhir::Json::Kind::boolean ? (json.boolean() ? "true" : "false")
                                                             : std::string(json.text()));
    return;
  }
  const auto end = path.find_first_of(".[");
  if (const fhir::Json* member = json.find(path.substr(0, end)))
    collect(*member, end == std::string_view::npos ? std::string_view() : path.substr(end), out);
}

bool matches(const std::string& value, const std::string& wanted) {
  if (!wanted.empty() && wanted.back() == '*')
    return value.compare(0, wanted.size() - 1, wanted, 0, wanted.size() - 1) == 0;
  return value == wanted;
}

// What of the expected values the resource lacks; empty when it has all.
std::string lacks(const fhir::Json& resource, const Node& expected) {
  std::string missing;
  for (const auto& [path, value] : expected.members()) {
    std::vector<std::string> found;
    collect(resource, path, found);
    const std::string wanted = value.text_or("");
    if (std::any_of(found.begin(), found.end(), [&](const std::string& each) { return matches(each, wanted); }))
      continue;
    missing += (missing.empty() ? "" : "; ") + path + " is ";
    missing += found.empty() ? "absent" : "'" + found.front() + "'";
    missing += ", not '" + wanted + "'";
  }
  return missing;
}

class Tester {
 public:
  explicit Tester(const Compile& compile) : compile_(compile) {
    context_.hospital = "test";
    context_.feed = "test";
    context_.space = Uuid::named(root_space(), context_.hospital);
  }

  void run(const Node& test, const std::string& message_type) {
    if (auto ok = test.only({"name", "given", "hospital", "expect", "absent", "count", "refused", "comment"}); !ok) {
      failures.push_back(std::move(ok).error());
      return;
    }
    std::string given = test["given"].text_or("");
    if (given.compare(0, 3, "MSH") != 0)
      given = "MSH|^~\\&|TEST|TEST|||20260101080000+0800||" + message_type + "|1|P|2.5.1\n" + given;
    auto message = hl7v2::Message::parse(std::move(given));
    if (!message) return fail(test, "the message is not read: " + message.error().line());
    // Compiled anew only for a hospital's own changes.
    const auto mapping = compile_(test["hospital"]);
    if (!mapping) {
      failures.insert(failures.end(), mapping.error().begin(), mapping.error().end());
      return;
    }
    auto mapped = (*mapping)->run(*message, context_);
    if (const Node refused = test["refused"]) {
      if (mapped) return fail(test, "the message is not refused");
      if (!matches(mapped.error().what, refused.text_or("")))
        fail(test, "the message is refused for another reason: " + mapped.error().line());
      return;
    }
    if (!mapped) return fail(test, "the message is refused: " + mapped.error().line());
    expect(test, *mapped);
    for (const Node& item : test["absent"].items()) absent(test, item.text_or(""), *mapped);
    for (const auto& [type, wanted] : test["count"].members()) {
      const auto number = std::count_if(mapped->resources.begin(), mapped->resources.end(),
                                        [&, t = &type](const Made& made) { return made.type == *t; });
      if (std::to_string(number) != wanted.text_or(""))
        fail(test, "there are " + std::to_string(number) + " " + type + ", not " + wanted.text_or(""));
    }
  }

  std::vector<Issue> failures;

 private:
  void fail(const Node& test, std::string what) {
    failures.push_back(
        {Code::bad_value, Severity::error, test.place(), "test '" + test["name"].text_or("") + "': " + what, {}});
  }

  void expect(const Node& test, const Mapped& mapped) {
    std::set<const Made*> taken;
    const auto groups = test["expect"].is_list() ? test["expect"].items() : std::vector<Node>{test["expect"]};
    for (const Node& group : groups) {
      for (const auto& [type, wanted] : group.members()) {
        // A list below a type: that many different ones of it.
        for (const Node& expected : wanted.is_list() ? wanted.items() : std::vector<Node>{wanted})
          expect_one(test, type, expected, mapped, taken);
        if (!test["expect"].is_list()) taken.clear();
      }
    }
  }

  void expect_one(const Node& test, const std::string& type, const Node& expected, const Mapped& mapped, std::set<const Made*>& taken) {
    std::string nearest = "no " + type + " was made";
    for (const Made& made : mapped.resources) {
      if (made.type != type || taken.count(&made) > 0) continue;
      const std::string missing = lacks(*made.resource, expected);
      if (missing.empty()) {
        taken.insert(&made);
        return;
      }
      if (nearest.compare(0, 3, "no ") == 0 || missing.size() < nearest.size()) nearest = type + ": " + missing;
    }
    fail(test, nearest);
  }

  void absent(const Node& test, const std::string& path, const Mapped& mapped) {
    const auto dot = path.find('.');
    const std::string type = path.substr(0, dot);
    for (const Made& made : mapped.resources) {
      if (made.type != type) continue;
      std::vector<std::string> found;
      if (dot != std::string::npos) collect(*made.resource, std::string_view(path).substr(dot + 1), found);
      if (dot == std::string::npos || !found.empty())
        return fail(test, path + " is there" + (found.empty() ? "" : ": '" + found.front() + "'"));
    }
  }

  const Compile& compile_;
  Context context_;
};

// Whether a map's rules lead to the map of that name.
bool leads_to(const Sources& sources, const std::string& from, const std::string& map, std::set<std::string>& seen) {
  if (from == map) return true;
  if (!seen.insert(from).second) return false;
  const auto found = sources.maps.find(from);
  if (found == sources.maps.end()) return false;
  const auto& rules = found->second.rules;
  return std::any_of(rules.begin(), rules.end(),
                     [&](const RuleSource& rule) { return leads_to(sources, rule.part("as").text_or(""), map, seen); });
}

bool row_uses(const Sources& sources, const MessageSource& message, const std::string& map) {
  std::set<std::string> seen;
  return std::any_of(message.rows.begin(), message.rows.end(),
                     [&](const RuleSource& row) { return leads_to(sources, row.part("map").text_or(""), map, seen); });
}

std::string type_of(const MessageSource& message) {
  const auto types = message.node["types"].items();
  if (!types.empty()) return types.front().text_or("");
  std::string type = message.structure;
  std::replace(type.begin(), type.end(), '_', '^');
  return type;
}

}  // namespace

std::vector<Issue> run_inline_tests(const Sources& sources, const Compile& compile) {
  Tester tester(compile);
  for (const auto& [name, message] : sources.messages) {
    for (const Node& test : message.node["tests"].items()) tester.run(test, type_of(message));
  }
  for (const auto& [name, map] : sources.maps) {
    const auto tests = map.node["tests"].items();
    if (tests.empty()) continue;
    std::string type;
    for (const auto& [message_name, message] : sources.messages) {
      if (type.empty() && row_uses(sources, message, name)) type = type_of(message);
    }
    for (const Node& test : tests) tester.run(test, type);
  }
  return std::move(tester.failures);
}

}  // namespace yilian::mapping
