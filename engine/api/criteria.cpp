#include "engine/api/criteria.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <utility>

#include "engine/net/http.h"

namespace yilian::api {
namespace {

bool is_one_of(std::string_view name, std::span<const std::string_view> names) { return std::ranges::find(names, name) != names.end(); }

constexpr std::array<std::string_view, 5> kAppearance{"_format", "_pretty", "_summary", "_elements", "_total"};
constexpr std::array<std::string_view, 7> kNoCondition{"_sort", "_include", "_revinclude", "_cursor", "_contained", "_containedType", "_score"};

}  // namespace

Result<Criteria> read_criteria(const records::Parameters& query, std::string_view where) {
  Criteria out;
  for (const auto& [name, value] : query) {
    const std::string_view code = std::string_view(name).substr(0, name.find(':'));
    if (is_one_of(code, kAppearance)) continue;
    if (is_one_of(code, kNoCondition)) return fail(Code::bad_value, "'" + name + "' is no condition", std::string(where), "leave it out");
    if (code != "_count") {
      out.conditions.emplace_back(name, value);
      continue;
    }
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), out.most);
    if (error != std::errc() || end != value.data() + value.size() || out.most == 0 || out.most > kMostDeleted) {
      return fail(Code::bad_value, "is no number from 1 to " + std::to_string(kMostDeleted), "_count");
    }
  }
  if (out.conditions.empty()) {
    return fail(Code::bad_value, "no condition is named: it would concern every resource of the type", std::string(where),
                "name search parameters, such as identifier=system|value");
  }
  return out;
}

Result<Criteria> read_criteria(std::string_view text, std::string_view where) {
  if (const std::size_t mark = text.find('?'); mark != std::string_view::npos) text.remove_prefix(mark + 1);
  YL_TRY(const auto query, net::parse_query(text));
  return read_criteria(query, where);
}

Result<std::vector<std::string>> find_matches(database::Connection& connection, const records::Scope& scope, std::string_view type,
                                              const Criteria& criteria) {
  records::Parameters parameters = criteria.conditions;
  parameters.emplace_back("_count", std::to_string(criteria.most + 1));
  parameters.emplace_back("_total", "none");
  YL_TRY(const records::Page page, records::search(connection, scope, type, parameters));
  std::vector<std::string> ids;
  for (const records::Match& match : page.entries) {
    if (!match.included) ids.push_back(match.resource.id);
  }
  if (ids.size() <= criteria.most) return ids;
  return fail(Code::precondition, "more than " + std::to_string(criteria.most) + " resources match the criteria, among them " +
                                      std::string(type) + "/" + ids[0] + " and " + std::string(type) + "/" + ids[1],
              text_of(type, criteria), "name criteria that one resource alone has");
}

std::string text_of(std::string_view type, const Criteria& criteria) {
  std::string out(type);
  char before = '?';
  for (const auto& [name, value] : criteria.conditions) {
    out.append(1, std::exchange(before, '&')).append(name).append("=").append(value);
  }
  return out;
}

}  // namespace yilian::api
