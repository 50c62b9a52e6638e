#include "engine/records/search/codes.h"

#include <algorithm>
#include <functional>
#include <set>

#include "engine/records/rows.h"
#include "engine/records/search/scan.h"
#include "engine/records/search/values.h"
#include "engine/records/stored.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

using fhir::Json;
using Coding = std::pair<std::string, std::string>;  // system, code

constexpr std::size_t kMostCodes = 10'000;
constexpr int kDeepest = 16;  // of value sets within each other, and of a code system's tree

void for_items(const Json& value, std::string_view member, const std::function<void(const Json&)>& visit) {
  const Json* items = value.find(member);
  if (items == nullptr || !items->is_array()) return;
  for (const Json& item : items->items()) visit(item);
}

class Codes {
 public:
  Codes(View& view, const std::string& name) : view_(view), reader_(view.reader()), name_(name) {}

  Result<std::set<Coding>> of_value_set(const std::string& url, int depth) {
    if (depth > kDeepest) return fail(Code::bad_value, "value sets are in each other without end", name_);
    fhir::Arena arena;
    YL_TRY(const Json* set, load("ValueSet", url, arena));
    std::set<Coding> codes;
    if (const Json* expansion = set->find("expansion"); expansion != nullptr) {
      add_contains(*expansion, codes, 0);
      return bounded(std::move(codes));
    }
    const Json* compose = set->find("compose");
    if (compose == nullptr) return fail(Code::unsupported, url + " lists no codes", name_, "Store it with its expansion");
    std::optional<Issue> failed;
    const auto each = [&](std::string_view member, const std::function<void(std::set<Coding>&&)>& take) {
      for_items(*compose, member, [&](const Json& part) {
        if (failed) return;
        auto some = of_part(part, depth);
        if (some) {
          take(std::move(*some));
        } else {
          failed = std::move(some).error();
        }
      });
    };
    each("include", [&](std::set<Coding>&& more) { codes.merge(more); });
    each("exclude", [&](std::set<Coding>&& less) {
      for (const Coding& coding : less) codes.erase(coding);
    });
    if (failed) return Failure(std::move(*failed));
    return bounded(std::move(codes));
  }

  // A code with all that are below or above it in its system.
  Result<std::set<Coding>> around(const std::string& system, const std::string& code, bool below) {
    fhir::Arena arena;
    YL_TRY(const Json* content, load("CodeSystem", system, arena));
    std::set<Coding> codes;
    std::vector<std::string> above;
    walk(*content, above, 0, [&](const std::string& each, const std::vector<std::string>& parents) {
      if (each == code) codes.emplace(system, each);
      if (below && std::find(parents.begin(), parents.end(), code) != parents.end()) codes.emplace(system, each);
      if (!below && each == code) {
        for (const std::string& parent : parents) codes.emplace(system, parent);
      }
    });
    codes.emplace(system, code);
    return bounded(std::move(codes));
  }

 private:
  Result<std::set<Coding>> bounded(std::set<Coding>&& codes) const {
    if (codes.size() > kMostCodes)
      return fail(Code::too_large, "these are more than " + std::to_string(kMostCodes) + " codes", name_);
    return std::move(codes);
  }

  // By "ValueSet/id" or by its address, with a version or without.
  Result<const Json*> load(std::string_view type, const std::string& address, fhir::Arena& arena) {
    const Plan& of = *plan(type);
    if (const std::string prefix = std::string(type) + "/"; address.starts_with(prefix)) {
      const std::string id = address.substr(prefix.size());
      const auto stored = find(reader_, of, pack_id(id), resource_key(type, id));
      bool seen = false;
      if (stored) {
        YL_TRY(seen, view_.contains(*stored));
      }
      if (seen) return load_content(reader_, stored->rid, arena);
    } else if (const Indexed* url = of.find("url"); url != nullptr) {
      Alternative asked;
      asked.text = uri_key(address.substr(0, address.find('|')));
      std::int64_t rid = 0;
      for (const Stretch& stretch : stretches_of(reader_, *url, Condition::Test::matches, asked)) {
        Bitmap named = scan(reader_, stretch);
        YL_CHECK(view_.cut(named, of));
        named.for_each(0, [&](std::int64_t found) {
          rid = found;  // the newest
          return true;
        });
      }
      if (rid != 0) return load_content(reader_, rid, arena);
    }
    return fail(Code::not_found, "this store has no " + std::string(type) + " " + address, name_,
                "Store it first, or name the codes themselves");
  }

  void add_contains(const Json& in, std::set<Coding>& codes, int depth) {
    if (depth > kDeepest) return;
    for_items(in, "contains", [&](const Json& item) {
      if (const std::string_view code = item.text_at("code"); !code.empty())
        codes.emplace(item.text_at("system"), code);
      add_contains(item, codes, depth + 1);
    });
  }

  Result<std::set<Coding>> of_part(const Json& part, int depth) {
    std::optional<std::set<Coding>> codes;
    const std::string system(part.text_at("system"));
    if (part.find("concept") != nullptr) {
      codes.emplace();
      for_items(part, "concept", [&](const Json& item) { codes->emplace(system, item.text_at("code")); });
    } else if (!system.empty()) {
      YL_TRY(codes, of_system(part, system));
    }
    std::optional<Issue> failed;
    for_items(part, "valueSet", [&](const Json& item) {
      if (failed) return;
      auto other = of_value_set(std::string(item.text()), depth + 1);
      if (!other) {
        failed = std::move(other).error();
      } else if (!codes) {
        codes = std::move(*other);
      } else {
        std::erase_if(*codes, [&](const Coding& coding) { return !other->contains(coding); });
      }
    });
    if (failed) return Failure(std::move(*failed));
    if (!codes) return fail(Code::unsupported, "a part of the value set names neither codes nor a system", name_);
    return std::move(*codes);
  }

  // All of a system, or what its `is-a` filters leave.
  Result<std::set<Coding>> of_system(const Json& part, const std::string& system) {
    fhir::Arena arena;
    YL_TRY(const Json* content, load("CodeSystem", system, arena));
    std::vector<std::string> roots;
    bool known = true;
    for_items(part, "filter", [&](const Json& filter) {
      known = known && filter.text_at("op") == "is-a";
      roots.emplace_back(filter.text_at("value"));
    });
    if (!known)
      return fail(Code::unsupported, "the value set filters " + system + " by something else than is-a", name_,
                  "Store it with its expansion");
    std::set<Coding> codes;
    std::vector<std::string> above;
    walk(*content, above, 0, [&](const std::string& code, const std::vector<std::string>& parents) {
      for (const std::string& root : roots) {
        if (code != root && std::find(parents.begin(), parents.end(), root) == parents.end()) return;
      }
      codes.emplace(system, code);
    });
    return codes;
  }

  using Visit = std::function<void(const std::string& code, const std::vector<std::string>& parents)>;
  void walk(const Json& in, std::vector<std::string>& above, int depth, const Visit& visit) {
    if (depth > kDeepest) return;
    for_items(in, "concept", [&](const Json& item) {
      const std::string code(item.text_at("code"));
      visit(code, above);
      above.push_back(code);
      walk(item, above, depth + 1, visit);
      above.pop_back();
    });
  }

  View& view_;
  database::Connection& reader_;
  const std::string& name_;
};

}  // namespace

Result<std::vector<Alternative>> read_codes(View& view, std::string_view modifier, const std::string& value,
                                            const std::string& name) {
  Codes codes(view, name);
  std::set<Coding> all;
  for (const std::string& part : split_values(value)) {
    if (modifier == "in" || modifier == "not-in") {
      YL_TRY(std::set<Coding> some, codes.of_value_set(part, 0));
      all.merge(some);
      continue;
    }
    const std::size_t bar = part.find('|');
    if (bar == std::string::npos || bar == 0 || bar + 1 == part.size())
      return fail(Code::bad_value, "'" + part + "' is not written as system|code", name);
    YL_TRY(std::set<Coding> some, codes.around(part.substr(0, bar), part.substr(bar + 1), modifier == "below"));
    all.merge(some);
  }
  std::vector<Alternative> out;
  for (const auto& [system, code] : all) {
    Alternative asked;
    asked.code = hash(code);
    if (!system.empty()) asked.system = system_key(system);
    out.push_back(std::move(asked));
  }
  return out;
}

}  // namespace yilian::records
