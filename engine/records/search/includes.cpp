#include "engine/records/search/includes.h"

#include <set>

#include "engine/records/custom/custom_parameters.h"
#include "engine/records/many.h"
#include "engine/records/rows.h"
#include "engine/records/search/scan.h"
#include "engine/records/stored.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

constexpr std::size_t kMostIncluded = 10'000;
constexpr int kMostRounds = 32;  // of :iterate

class Includer {
 public:
  Includer(View& view, const SearchQuery& query, const std::vector<std::int64_t>& matches)
      : view_(view), reader_(view.reader()), query_(query), seen_(matches.begin(), matches.end()) {}

  Result<std::vector<std::int64_t>> run(std::vector<std::int64_t> last) {
    for (int round = 0; round < kMostRounds && !last.empty(); ++round) {
      fresh_.clear();
      for (const Include& include : query_.includes) {
        if (round > 0 && !include.iterate) continue;
        YL_CHECK(go_from(include, last));
      }
      out_.insert(out_.end(), fresh_.begin(), fresh_.end());
      last = fresh_;
    }
    return std::move(out_);
  }

 private:
  Result<void> go_from(const Include& include, const std::vector<std::int64_t>& sources) {
    if (include.reverse) {
      for (const auto& stored : stored_at(reader_, sources)) {
        if (stored && !stored->deleted()) YL_CHECK(add_referring(include, *search_plan(reader_, stored->type), *stored));
      }
      return add_found();
    }
    YL_CHECK(visit_bodies(reader_, sources, [&](const Stored* stored, const BodyText& body) -> Result<void> {
      if (stored == nullptr || stored->deleted()) return {};
      const Plan& type = *search_plan(reader_, stored->type);
      if (include.source != nullptr && include.source != &type) return {};
      return add_referred(include, type, body);
    }));
    return add_found();
  }

  // What was found, in the order in which it was: many of them at once.
  Result<void> add_found() {
    std::vector<Name> names;
    for (const Found& each : found_) {
      if (each.rid == 0) names.push_back(each.name);
    }
    const auto named = find(reader_, names);
    std::vector<std::int64_t> rids;
    std::size_t at = 0;
    for (const Found& each : found_) {
      std::int64_t rid = each.rid;
      if (rid == 0) {
        const auto& stored = named[at++];
        rid = stored ? stored->rid : 0;
      }
      if (rid != 0 && seen_.insert(rid).second) rids.push_back(rid);
    }
    found_.clear();
    named_.clear();
    const auto stored = stored_at(reader_, rids);
    for (std::size_t i = 0; i < rids.size(); ++i) {
      if (!stored[i]) continue;
      YL_TRY(const bool shown, view_.contains(*stored[i]));
      if (shown) YL_CHECK(add(rids[i]));
    }
    return {};
  }

  Result<void> add(std::int64_t rid) {
    if (out_.size() + fresh_.size() >= kMostIncluded) {
      return fail(Code::too_large, "more than " + std::to_string(kMostIncluded) + " resources would be included",
                  "_include", "Ask for a smaller _count");
    }
    fresh_.push_back(rid);
    return {};
  }

  Result<void> add_referred(const Include& include, const Plan& type, const BodyText& body) {
    fhir::Arena arena;
    YL_TRY(const fhir::Json* content, content_of(body, arena));
    if (!include.indexed.empty()) {
      for (const Indexed* parameter : include.indexed) YL_CHECK(follow(*parameter, include, *content));
      return {};
    }
    for (const Indexed& parameter : type.parameters) {
      if (parameter.kind == Kind::reference) YL_CHECK(follow(parameter, include, *content));
    }
    return {};
  }

  Result<void> follow(const Indexed& parameter, const Include& include, const fhir::Json& content) {
    for (const std::string& reference : references_of(parameter, content)) {
      const std::size_t slash = reference.find('/');
      if (slash == std::string::npos) continue;
      const std::string_view type = std::string_view(reference).substr(0, slash);
      const std::string_view id = std::string_view(reference).substr(slash + 1);
      const Plan* found = plan(type);
      if (found == nullptr) {
        YL_CHECK(follow_canonical(parameter, include, reference));
      } else if (include.target.empty() || type == include.target) {
        const std::int64_t key = resource_key(type, id);
        if (named_.insert(key).second) YL_CHECK(note({0, {found, pack_id(id), key}}));
      }
    }
    return {};
  }

  // A canonical names what has this address.
  Result<void> follow_canonical(const Indexed& parameter, const Include& include, const std::string& address) {
    for (const std::string_view target : parameter.targets) {
      if (!include.target.empty() && target != include.target) continue;
      const Indexed* url = plan(target)->find("url");
      if (url == nullptr || url->kind != Kind::uri) continue;
      Alternative asked;
      asked.text = uri_key(address.substr(0, address.find('|')));
      for (const Stretch& stretch : stretches_of(reader_, *url, Condition::Test::matches, asked))
        YL_CHECK(add_all(scan(reader_, stretch)));
    }
    return {};
  }

  Result<void> add_all(const Bitmap& set) {
    std::optional<Issue> failed;
    set.for_each(0, [&](std::int64_t rid) {
      if (seen_.contains(rid)) return true;
      if (auto noted = note({rid, {}}); !noted) failed = std::move(noted).error();
      return !failed;
    });
    if (failed) return Failure(std::move(*failed));
    return {};
  }

  Result<void> add_referring(const Include& include, const Plan& target, const Stored& stored) {
    if (!include.target.empty() && include.target != target.name) return {};
    const std::int64_t key = resource_key(target.name, unpack_id(stored.packed_id));
    if (!include.indexed.empty()) {
      for (const Indexed* parameter : include.indexed) YL_CHECK(add_by(*parameter, target, key));
      return {};
    }
    for (const fhir::Type* type : fhir::resource_types()) {
      for (const Indexed& parameter : search_plan(reader_, type->name)->parameters) {
        if (parameter.kind == Kind::reference && parameter.own) YL_CHECK(add_by(parameter, target, key));
      }
    }
    return {};
  }

  Result<void> add_by(const Indexed& parameter, const Plan& target, std::int64_t key) {
    if (!parameter.target.empty() && parameter.target != target.name) return {};
    Alternative here;
    here.targets.push_back(key);
    for (const Stretch& stretch : stretches_of(reader_, parameter, Condition::Test::matches, here))
      YL_CHECK(add_all(scan(reader_, stretch)));
    return {};
  }

  // A resource, or one that is referred to (0).
  struct Found {
    std::int64_t rid;
    Name name;
  };
  // Not more at a time than may be given.
  Result<void> note(Found&& found) {
    found_.push_back(std::move(found));
    return found_.size() < kMostIncluded ? Result<void>() : add_found();
  }

  View& view_;
  database::Connection& reader_;
  const SearchQuery& query_;
  std::set<std::int64_t> seen_;
  std::vector<std::int64_t> fresh_, out_;
  std::vector<Found> found_;       // and not looked at yet
  std::set<std::int64_t> named_;   // keys of those among them
};

}  // namespace

Result<std::vector<std::int64_t>> included(View& view, const SearchQuery& query,
                                           const std::vector<std::int64_t>& matches) {
  if (query.includes.empty()) return std::vector<std::int64_t>();
  return Includer(view, query, matches).run(matches);
}

}  // namespace yilian::records
