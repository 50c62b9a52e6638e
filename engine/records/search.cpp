#include <set>

#include "engine/records/body.h"
#include "engine/records/filter.h"
#include "engine/records/page.h"
#include "engine/records/rows.h"
#include "engine/records/scan.h"
#include "engine/records/types.h"
#include "engine/records/versions.h"

namespace yilian::records {
namespace {

constexpr std::size_t kMostIncluded = 10'000;

class Assembler {
 public:
  Assembler(database::Connection& reader, const SearchQuery& query) : reader_(reader), query_(query) {}

  Result<void> add_matches(const std::vector<std::int64_t>& rids) {
    for (const std::int64_t rid : rids) YL_CHECK(add(rid, false));
    return {};
  }

  Result<void> add_included(const std::vector<std::int64_t>& matches) {
    for (const Include& include : query_.includes) {
      for (const std::int64_t rid : matches)
        YL_CHECK(include.reverse ? add_referring(include, rid) : add_referred(include, rid));
    }
    return {};
  }

  std::vector<Match> take() { return std::move(entries_); }

 private:
  Result<void> add(std::int64_t rid, bool included) {
    if (!seen_.insert(rid).second) return {};
    if (included && ++included_ > kMostIncluded) {
      return fail(Code::too_large, "more than " + std::to_string(kMostIncluded) + " resources would be included",
                  "_include", "Ask for a smaller _count");
    }
    const auto stored = stored_at(reader_, rid);
    if (!stored || stored->deleted()) return {};
    YL_TRY(Version version, version_of(reader_, *stored));
    entries_.push_back({std::move(version), included});
    return {};
  }

  Result<void> add_referred(const Include& include, std::int64_t rid) {
    fhir::Arena arena;
    YL_TRY(const fhir::Json* content, load_content(reader_, rid, arena));
    for (const std::string& reference : references_of(include.paths, *content)) {
      const std::size_t slash = reference.find('/');
      if (slash == std::string::npos) continue;
      const std::string_view type = std::string_view(reference).substr(0, slash);
      const std::string_view id = std::string_view(reference).substr(slash + 1);
      const Plan* found = plan(type);
      if (found == nullptr || (!include.target.empty() && type != include.target)) continue;
      if (const auto stored = find(reader_, *found, pack_id(id), resource_key(type, id)))
        YL_CHECK(add(stored->rid, true));
    }
    return {};
  }

  Result<void> add_referring(const Include& include, std::int64_t rid) {
    if (!include.target.empty() && include.target != query_.plan->name) return {};
    if (include.indexed->alias && !include.indexed->target.empty() && include.indexed->target != query_.plan->name)
      return {};
    const auto stored = stored_at(reader_, rid);
    if (!stored) return {};
    const std::int64_t key = resource_key(query_.plan->name, unpack_id(stored->packed_id));
    const Bitmap referring = scan_equal(reader_, {include.indexed->number, key, {}, std::nullopt});
    std::optional<Issue> failed;
    referring.for_each(0, [&](std::int64_t found) {
      if (auto added = add(found, true); !added) failed = std::move(added).error();
      return !failed;
    });
    if (failed) return Failure(std::move(*failed));
    return {};
  }

  database::Connection& reader_;
  const SearchQuery& query_;
  std::vector<Match> entries_;
  std::set<std::int64_t> seen_;
  std::size_t included_ = 0;
};

}  // namespace

Result<Page> search(database::Connection& reader, const Scope& scope, std::string_view type,
                    const Parameters& parameters) {
  YL_TRY(SearchQuery query, read_query(type, parameters));
  // Inside the writer, what earlier tasks of the batch have put off has to be seen.
  reader.flush_deferred();
  Bitmap found;
  if (scope.all) {
    YL_TRY(found, find_matching(reader, query));
  }
  Page page;
  page.applied = std::move(query.applied);
  if (query.total || query.only_count) page.total = found.count();
  if (query.only_count) return page;
  YL_TRY(Slice cut, slice(reader, query, found));
  Assembler assembler(reader, query);
  YL_CHECK(assembler.add_matches(cut.rids));
  YL_CHECK(assembler.add_included(cut.rids));
  page.entries = assembler.take();
  page.next = std::move(cut.next);
  return page;
}

std::vector<Searchable> searchable(std::string_view type) {
  std::vector<Searchable> out{{"_id", "token", "http://hl7.org/fhir/SearchParameter/Resource-id"},
                              {"_lastUpdated", "date", "http://hl7.org/fhir/SearchParameter/Resource-lastUpdated"}};
  const Plan* found = plan(type);
  if (found == nullptr) return {};
  for (const Indexed& parameter : found->parameters) {
    const std::string_view kind = parameter.kind == Kind::date     ? "date"
                                  : parameter.kind == Kind::string ? "string"
                                  : parameter.kind == Kind::token  ? "token"
                                                                   : "reference";
    out.push_back({parameter.code, kind, parameter.url});
  }
  return out;
}

}  // namespace yilian::records
