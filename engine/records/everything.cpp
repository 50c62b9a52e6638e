#include "engine/records/everything.h"

#include <algorithm>
#include <set>
#include <span>
#include <unordered_map>

#include "engine/fhir/definitions.h"
#include "engine/records/many.h"
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

// What will be asked for while some resources are given: read beforehand, many at once.
class Ahead {
 public:
  Ahead(View& view, const Plan& owner) : view_(view), reader_(view.reader()), owner_plan_(owner) {}

  // Of another owner. The compartment lives as long as it is gone through.
  void begin(const Bitmap& compartment) { compartment_ = &compartment; }

  // The bodies of these and, where all is seen, of what they refer to and was not given yet.
  Result<void> read(std::span<const std::optional<Stored>> some, const std::set<std::int64_t>& given) {
    bodies_.clear();
    references_.clear();
    if (named_.size() > kMostNamed) named_.clear();
    std::vector<Stored> level;
    for (const auto& each : some) {
      if (each && !each->deleted()) level.push_back(*each);
    }
    for (int depth = 1; !level.empty(); ++depth) {
      YL_CHECK(read_level(level));
      if (depth > kDeepest || !view_.is_all()) break;
      YL_TRY(level, next_level(level, depth, given));
    }
    return {};
  }

  Result<BodyText> body_of(const Stored& stored) const {
    if (const auto at = bodies_.find(stored.rid); at != bodies_.end()) return at->second;
    return read_body(reader_, stored);
  }

  Result<std::vector<std::string>> references_of(const Stored& stored) {
    if (const auto at = references_.find(stored.rid); at != references_.end()) return at->second;
    std::vector<std::string> references;
    YL_TRY(const BodyText body, body_of(stored));
    fhir::Arena arena;
    YL_TRY(const fhir::Json* content, content_of(body, arena));
    collect(*content, references);
    references_.emplace(stored.rid, references);
    return references;
  }

  // The type of what is referred to; nullptr: it is not gone to.
  const Plan* followed(std::string_view reference, int depth) const {
    const std::size_t slash = reference.find('/');
    const Plan* type = slash == std::string_view::npos ? nullptr : plan(reference.substr(0, slash));
    return type == &owner_plan_ || (type != nullptr && type->name == "Patient" && depth > 1) ? nullptr : type;
  }

  std::optional<Stored> named(const Plan& type, const std::string& reference) {
    if (const auto at = named_.find(reference); at != named_.end()) return at->second;
    const Name name = name_of(type, reference);
    return named_.emplace(reference, find(reader_, type, name.packed_id, name.key)).first->second;
  }

  // It lies in the compartment that is gone through.
  bool is_given_anyway(const Stored& stored) const { return compartment_->contains(stored.rid); }

 private:
  static constexpr std::size_t kMostNamed = 20'000;

  static Name name_of(const Plan& type, const std::string& reference) {
    return {&type, pack_id(std::string_view(reference).substr(reference.find('/') + 1)), hash(reference)};
  }

  // More than are held together are read when their turn comes.
  Result<void> read_level(const std::vector<Stored>& level) {
    std::vector<const Stored*> some;
    for (const Stored& each : level) {
      if (some.size() < kBodiesTogether) some.push_back(&each);
    }
    YL_TRY(auto bodies, read_bodies(reader_, some));
    for (std::size_t i = 0; i < some.size(); ++i) bodies_.emplace(some[i]->rid, std::move(bodies[i]));
    return {};
  }

  Result<std::vector<Stored>> next_level(const std::vector<Stored>& level, int depth,
                                         const std::set<std::int64_t>& given) {
    std::vector<std::string> all, unknown;
    std::vector<Name> names;
    for (const Stored& each : level) {
      if (!bodies_.contains(each.rid)) continue;
      YL_TRY(const auto references, references_of(each));
      for (const std::string& reference : references) {
        const Plan* type = followed(reference, depth);
        if (type == nullptr) continue;
        all.push_back(reference);
        if (!named_.try_emplace(reference).second) continue;
        unknown.push_back(reference);
        names.push_back(name_of(*type, reference));
      }
    }
    auto found = find(reader_, names);
    for (std::size_t i = 0; i < unknown.size(); ++i) named_[unknown[i]] = std::move(found[i]);
    std::vector<Stored> next;
    std::set<std::int64_t> taken;
    for (const std::string& reference : all) {
      const auto& stored = named_[reference];
      if (!stored || stored->deleted() || given.contains(stored->rid) || is_given_anyway(*stored)) continue;
      if (!bodies_.contains(stored->rid) && taken.insert(stored->rid).second) next.push_back(*stored);
    }
    return next;
  }

  View& view_;
  database::Connection& reader_;
  const Plan& owner_plan_;
  const Bitmap* compartment_ = nullptr;
  std::unordered_map<std::int64_t, BodyText> bodies_;
  std::unordered_map<std::int64_t, std::vector<std::string>> references_;
  std::unordered_map<std::string, std::optional<Stored>> named_;  // by reference
};

class Everything {
 public:
  Everything(View& view, const EverythingQuery& query)
      : view_(view),
        reader_(view.reader()),
        query_(query),
        owner_plan_(*plan(query.owner)),
        wanted_(std::min(query.count, kMostCount)),
        ahead_(view_, owner_plan_) {}

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
    ahead_.begin(found);
    if (after_ < 0) {
      if (found.contains(owner_)) {
        YL_CHECK(ahead_.read(std::span(&owner, 1), referred_));
        YL_CHECK(add_match(*owner));
      }
      after_ = 0;
    }
    std::vector<std::int64_t> rids = rids_of(found);
    std::erase_if(rids, [&](std::int64_t rid) { return rid <= after_ || rid == owner_; });
    for (std::size_t at = 0; at < rids.size();) {
      if (given_ >= wanted_) return false;
      const std::size_t some = std::min({rids.size() - at, wanted_ - given_, kBodiesTogether});
      const auto stored = stored_at(reader_, std::span(rids).subspan(at, some));
      YL_CHECK(ahead_.read(stored, referred_));
      for (const auto& each : stored) {
        after_ = rids[at++];
        if (each && !each->deleted()) YL_CHECK(add_match(*each));
      }
    }
    return true;
  }

  Result<void> add_match(const Stored& stored) {
    ++given_;
    if (is_one_of(query_.types, type_name(stored.type))) {
      YL_TRY(const BodyText body, ahead_.body_of(stored));
      page_.entries.push_back({version_of(stored, body.text), false});
    }
    return follow(stored, 1);
  }

  Result<void> follow(const Stored& from, int depth) {
    if (depth > kDeepest) return {};
    YL_TRY(const std::vector<std::string> references, ahead_.references_of(from));
    for (const std::string& reference : references) {
      const Plan* type = ahead_.followed(reference, depth);
      if (type == nullptr) continue;
      const std::optional<Stored> stored = ahead_.named(*type, reference);
      if (!stored || stored->deleted() || referred_.contains(stored->rid)) continue;
      YL_CHECK(add_referred(*type, *stored, depth));
    }
    return {};
  }

  Result<void> add_referred(const Plan& type, const Stored& stored, int depth) {
    if (ahead_.is_given_anyway(stored)) return {};
    YL_TRY(const bool another, lies_in_a_compartment(type, stored));
    if (another) return {};
    YL_TRY(const bool shown, view_.contains(stored));
    if (!shown) return {};
    if (++beside_ > kMostReferred)
      return fail(Code::too_large, "more than " + std::to_string(kMostReferred) + " resources are referred to",
                  "_count", "Ask for a smaller _count");
    referred_.insert(stored.rid);
    if (is_one_of(query_.types, type.name) && (!query_.since || stored.updated >= *query_.since)) {
      YL_TRY(const BodyText body, ahead_.body_of(stored));
      page_.entries.push_back({version_of(stored, body.text), true});
    }
    return follow(stored, depth + 1);
  }

  // Then it is given there, or is another's.
  Result<bool> lies_in_a_compartment(const Plan& type, const Stored& stored) {
    const auto ways = fhir::compartment_parameters(query_.owner, type.name);
    if (ways.empty()) return false;
    fhir::Arena arena;
    YL_TRY(const BodyText body, ahead_.body_of(stored));
    YL_TRY(const fhir::Json* content, content_of(body, arena));
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
  Ahead ahead_;
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
