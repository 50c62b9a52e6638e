#include "engine/records/everything.h"

#include <algorithm>
#include <set>

#include "engine/fhir/definitions.h"
#include "engine/records/packing.h"
#include "engine/records/search/conditions.h"
#include "engine/records/search/cursor.h"
#include "engine/records/search/filter.h"
#include "engine/records/search/lacking.h"
#include "engine/records/search/scan.h"
#include "engine/records/stored.h"
#include "engine/records/types.h"
#include "engine/records/versions.h"

namespace yilian::records {
namespace {

constexpr std::size_t kMostCount = 1000;
constexpr std::size_t kMostOwners = 200;        // looked at for one page
constexpr std::size_t kMostReferred = 10'000;   // beside one page
constexpr std::size_t kMostRemembered = 2'500;  // bytes: the cursor goes through an address
constexpr int kDeepest = 4;                     // references of what is referred to

bool is_one_of(const std::vector<std::string>& types, std::string_view type) {
  return types.empty() || std::ranges::find(types, type) != types.end();
}

// All references that stand in a resource, and attachments that are a Binary.
void collect(const fhir::Json& json, std::vector<std::string>& into) {
  for (const fhir::Json& item : json.items()) collect(item, into);
  for (const fhir::Member& member : json.members()) {
    const bool refers =
        member.name == "reference" || (member.name == "url" && member.value.text().starts_with("Binary/"));
    if (refers && member.value.is_string()) {
      if (std::string reference = normal_reference(member.value.text()); !reference.empty())
        into.push_back(std::move(reference));
    } else {
      collect(member.value, into);
    }
  }
}

// What has been given of what is referred to, as the cursor carries it.
std::string packed(const std::set<std::int64_t>& rids) {
  std::string out;
  std::int64_t before = 0;
  for (const std::int64_t rid : rids) {
    if (out.size() + 10 > kMostRemembered) break;
    append_varint(out, static_cast<std::uint64_t>(rid - before));
    before = rid;
  }
  return out;
}

class Everything {
 public:
  Everything(View& view, const EverythingQuery& query)
      : view_(view),
        reader_(view.reader()),
        query_(query),
        owner_plan_(*plan(query.owner)),
        wanted_(std::min(query.count, kMostCount)) {}

  Result<Page> run() {
    YL_CHECK(begin());
    std::size_t owners = 0;
    for (bool more = true; more; ++owners) {
      if (owner_ == 0) break;
      if (owners >= kMostOwners || given_ >= wanted_) return with_next();
      YL_TRY(const bool whole, add_compartment());
      if (!whole) return with_next();
      after_ = -1;
      more = query_.id.empty();
      if (more) {
        YL_TRY(owner_, next_owner());
      }
    }
    return std::move(page_);
  }

 private:
  std::int64_t fingerprint() const {
    std::string text = query_.owner + "/" + query_.id + "?" + std::to_string(query_.since.value_or(-1)) + "&" +
                       query_.start + "&" + query_.end;
    for (const std::string& type : query_.types) text += "&" + type;
    return hash(text) ^ view_.scope().fingerprint();
  }

  Result<void> begin() {
    if (!query_.id.empty()) {
      YL_TRY(const Version there, read(reader_, view_.scope(), query_.owner, query_.id));
      owner_ = find(reader_, owner_plan_, pack_id(there.id), resource_key(query_.owner, query_.id))->rid;
    } else {
      YL_TRY(owner_, next_owner());
    }
    if (query_.cursor.empty()) return {};
    YL_TRY(const Cursor cursor, read_cursor(query_.cursor, fingerprint()));
    if (cursor.numbers.size() != 2 || cursor.texts.size() != 1)
      return fail(Code::bad_value, "the page that is asked for is not one of this operation", "_cursor",
                  "Follow the links of the first page");
    owner_ = cursor.numbers[0];
    after_ = cursor.numbers[1];
    std::int64_t rid = 0;
    for (Unpacker at(cursor.texts[0], "a cursor"); !at.done();)
      referred_.insert(rid += static_cast<std::int64_t>(at.varint()));
    const auto owner = stored_at(reader_, owner_);
    bool there = false;
    if (owner) {
      YL_TRY(there, view_.contains(*owner));
    }
    if (there) return {};
    after_ = -1;  // it went meanwhile
    if (!query_.id.empty()) {
      owner_ = 0;
      return {};
    }
    YL_TRY(owner_, next_owner());
    return {};
  }

  Result<std::int64_t> next_owner() {
    if (!owners_) {
      owners_ = scan_type(reader_, owner_plan_.type);
      YL_CHECK(view_.cut(*owners_, owner_plan_));
    }
    std::int64_t found = 0;
    owners_->for_each(owner_, [&](std::int64_t rid) {
      found = rid;
      return false;
    });
    return found;
  }

  Page with_next() {
    page_.next = write_cursor({{owner_, after_}, {packed(referred_)}}, fingerprint());
    return std::move(page_);
  }

  // Which resources lie in the compartment of the owner, by rid.
  Result<Bitmap> compartment(const std::string& id) {
    SearchRequest request{.compartment = query_.owner, .compartment_id = id};
    std::string types;
    for (const std::string& type : query_.types) {
      // What lies in no compartment is found by those that refer to it, so these are all walked over.
      if (fhir::compartment_parameters(query_.owner, type).empty()) {
        types.clear();
        break;
      }
      types += (types.empty() ? "" : ",") + type;
    }
    if (!types.empty()) request.parameters.emplace_back("_type", types);
    if (query_.since) request.parameters.emplace_back("_lastUpdated", "ge" + fhir_instant(*query_.since));
    YL_TRY(SearchQuery search, read_query(view_, request));
    for (Leg& leg : search.of) YL_CHECK(add_dates(leg));
    YL_CHECK(refuse_lacking(reader_, search));
    return find_matching(view_, search);
  }

  Result<void> add_dates(Leg& leg) {
    const Indexed* date = leg.plan->happened;
    if (date == nullptr || date->code == "birthdate" || leg.plan == &owner_plan_) return {};
    for (const auto& [prefix, value] : {std::pair("ge", query_.start), std::pair("le", query_.end)}) {
      if (value.empty()) continue;
      YL_TRY(Condition condition, read_condition(view_, *leg.plan, {}, std::string(date->code), prefix + value));
      leg.all_of.push_back(std::move(condition));
    }
    return {};
  }

  // Whether it was given to its end.
  Result<bool> add_compartment() {
    const auto owner = stored_at(reader_, owner_);
    YL_TRY(const Bitmap found, compartment(unpack_id(owner->packed_id)));
    if (after_ < 0) {
      if (found.contains(owner_)) YL_CHECK(add_match(*owner));
      after_ = 0;
    }
    std::optional<Issue> failed;
    bool whole = true;
    found.for_each(after_, [&](std::int64_t rid) {
      if (rid == owner_) return true;
      if (given_ >= wanted_) return whole = false;
      after_ = rid;
      const auto stored = stored_at(reader_, rid);
      if (!stored || stored->deleted()) return true;
      if (auto added = add_match(*stored); !added) failed = std::move(added).error();
      return !failed;
    });
    if (failed) return Failure(std::move(*failed));
    return whole;
  }

  Result<void> add_match(const Stored& stored) {
    ++given_;
    if (is_one_of(query_.types, type_name(stored.type))) {
      YL_TRY(Version version, version_of(reader_, stored));
      page_.entries.push_back({std::move(version), false});
    }
    return follow(stored, 1);
  }

  Result<void> follow(const Stored& from, int depth) {
    if (depth > kDeepest) return {};
    std::vector<std::string> references;
    {
      fhir::Arena arena;
      YL_TRY(const fhir::Json* content, content_of(reader_, from, arena));
      collect(*content, references);
    }
    for (const std::string& reference : references) {
      const std::size_t slash = reference.find('/');
      const Plan* type = slash == std::string::npos ? nullptr : plan(std::string_view(reference).substr(0, slash));
      if (type == nullptr || type == &owner_plan_ || (type->name == "Patient" && depth > 1)) continue;
      const auto stored = find(reader_, *type, pack_id(std::string_view(reference).substr(slash + 1)), hash(reference));
      if (!stored || stored->deleted() || referred_.contains(stored->rid)) continue;
      YL_CHECK(add_referred(*type, *stored, depth));
    }
    return {};
  }

  Result<void> add_referred(const Plan& type, const Stored& stored, int depth) {
    YL_TRY(const bool another, lies_in_a_compartment(type, stored));
    if (another) return {};
    YL_TRY(const bool shown, view_.contains(stored));
    if (!shown) return {};
    if (++beside_ > kMostReferred)
      return fail(Code::too_large, "more than " + std::to_string(kMostReferred) + " resources are referred to",
                  "_count", "Ask for a smaller _count");
    referred_.insert(stored.rid);
    if (is_one_of(query_.types, type.name) && (!query_.since || stored.updated >= *query_.since)) {
      YL_TRY(Version version, version_of(reader_, stored));
      page_.entries.push_back({std::move(version), true});
    }
    return follow(stored, depth + 1);
  }

  // Then it is given there, or is another's.
  Result<bool> lies_in_a_compartment(const Plan& type, const Stored& stored) {
    const auto ways = fhir::compartment_parameters(query_.owner, type.name);
    if (ways.empty()) return false;
    fhir::Arena arena;
    YL_TRY(const fhir::Json* content, content_of(reader_, stored, arena));
    const std::string begin = query_.owner + "/";
    for (const std::string_view code : ways) {
      const Indexed* way = type.find(code);
      if (way == nullptr || way->kind != Kind::reference) continue;
      for (const std::string& reference : references_of(*way, *content)) {
        if (reference.starts_with(begin)) return true;
      }
    }
    return false;
  }

  View& view_;
  database::Connection& reader_;
  const EverythingQuery& query_;
  const Plan& owner_plan_;
  const std::size_t wanted_;
  std::optional<Bitmap> owners_;
  std::int64_t owner_ = 0;   // whose compartment is given; 0: there is none any more
  std::int64_t after_ = -1;  // what was given of it last; -1: nothing yet
  std::set<std::int64_t> referred_;
  std::size_t given_ = 0, beside_ = 0;
  Page page_;
};

}  // namespace

Result<Page> everything(database::Connection& reader, const Scope& scope, const EverythingQuery& query) {
  if (!fhir::is_compartment(query.owner))
    return fail(Code::not_found, query.owner + " has no compartment", query.owner);
  reader.flush_deferred();
  View view(reader, scope);
  return Everything(view, query).run();
}

}  // namespace yilian::records
