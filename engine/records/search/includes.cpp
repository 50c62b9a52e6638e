#include "engine/records/search/includes.h"

#include <set>

#include "engine/records/custom/custom_parameters.h"
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
    for (const std::int64_t rid : sources) {
      const auto stored = stored_at(reader_, rid);
      if (!stored || stored->deleted()) continue;
      const Plan& type = *search_plan(reader_, stored->type);
      if (include.reverse) {
        YL_CHECK(add_referring(include, type, *stored));
      } else if (include.source == nullptr || include.source == &type) {
        YL_CHECK(add_referred(include, type, *stored));
      }
    }
    return {};
  }

  Result<void> add(std::int64_t rid) {
    if (!seen_.insert(rid).second) return {};
    const auto stored = stored_at(reader_, rid);
    bool shown = false;
    if (stored) {
      YL_TRY(shown, view_.contains(*stored));
    }
    if (!shown) return {};
    if (out_.size() + fresh_.size() >= kMostIncluded) {
      return fail(Code::too_large, "more than " + std::to_string(kMostIncluded) + " resources would be included",
                  "_include", "Ask for a smaller _count");
    }
    fresh_.push_back(rid);
    return {};
  }

  Result<void> add_referred(const Include& include, const Plan& type, const Stored& stored) {
    fhir::Arena arena;
    YL_TRY(const fhir::Json* content, content_of(reader_, stored, arena));
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
        if (const auto stored = find(reader_, *found, pack_id(id), resource_key(type, id))) YL_CHECK(add(stored->rid));
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
      if (auto added = add(rid); !added) failed = std::move(added).error();
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

  View& view_;
  database::Connection& reader_;
  const SearchQuery& query_;
  std::set<std::int64_t> seen_;
  std::vector<std::int64_t> fresh_, out_;
};

}  // namespace

Result<std::vector<std::int64_t>> included(View& view, const SearchQuery& query,
                                           const std::vector<std::int64_t>& matches) {
  if (query.includes.empty()) return std::vector<std::int64_t>();
  return Includer(view, query, matches).run(matches);
}

}  // namespace yilian::records
