#include "engine/records/prepared.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <span>
#include <utility>

#include "engine/fhir/check.h"
#include "engine/records/body.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

using fhir::Json;

constexpr std::size_t kMostBytes = 128u << 20;
constexpr std::size_t kMostBuffer = 1u << 20;

// What is said again and again, by content: the same once more need not be compressed and indexed again. Kept is what
// comes a second time, so that the many resources that come once do not push out the few that come with every message.
class Recent {
 public:
  static Recent& instance() {
    static Recent recent;
    return recent;
  }

  struct Found {
    PreparedPtr known;
    bool again = false;  // it came lately, and is worth to be kept
  };
  Found find(const Plan& plan, std::string_view id, std::int64_t key, std::int64_t content, const std::string& body) {
    const auto place = static_cast<std::uint64_t>(key);
    const auto mark = static_cast<std::uint32_t>(static_cast<std::uint64_t>(content) >> 32);
    const std::lock_guard lock(mutex_);
    const PreparedPtr& kept = kept_[place % kKept];
    if (kept != nullptr && kept->content == content && kept->plan == &plan && kept->id == id && kept->body == body)
      return {kept, true};
    return {nullptr, std::exchange(marks_[place % kMarks], mark) == mark};
  }

  void keep(const PreparedPtr& made) {
    if (made->body.size() > kMostBytesKept) return;
    PreparedPtr gone = made;  // what was there before goes after the lock
    const std::lock_guard lock(mutex_);
    kept_[static_cast<std::uint64_t>(made->key) % kKept].swap(gone);
  }

 private:
  static constexpr std::size_t kKept = 1024;   // the patients, doctors and wards that are busy at one time
  static constexpr std::size_t kMarks = 16384;  // of what came once: about the last thousand messages
  static constexpr std::size_t kMostBytesKept = 4 * 1024;  // of a body: at most some 8 MB in all
  std::mutex mutex_;
  std::array<PreparedPtr, kKept> kept_;
  std::array<std::uint32_t, kMarks> marks_{};
};

bool is_column(const fhir::Member& member) { return member.name == "resourceType" || member.name == "id"; }

void write_member(std::string& out, const fhir::Member& member) {
  if (out.size() > 1) out += ',';
  fhir::write_json_string(member.name, out);
  out += ':';
  fhir::write_json(member.value, out);
}

// Where resourceType and id end in a text that begins with so many of them: `{"resourceType":"X","id":"Y",`. Neither
// has anything to escape.
std::size_t end_of_columns(std::span<const fhir::Member> columns) {
  std::size_t end = 1;
  for (const fhir::Member& member : columns) end += member.name.size() + member.value.text().size() + 6;
  return end;
}

std::shared_ptr<const Pack> pack(std::string text) {
  return std::make_shared<Pack>([text = std::move(text)] { return compress(text); });
}

// But for its pack.
std::shared_ptr<Prepared> make(const Plan& plan, std::string_view id, std::int64_t key, std::string body,
                               std::int64_t content, const Json& resource, std::string_view source) {
  auto made = std::make_shared<Prepared>();
  made->plan = &plan;
  made->id = id;
  made->packed_id = pack_id(id);
  made->key = key;
  made->body = std::move(body);
  made->content = content;
  Extracted extracted = extract(plan, resource, source);
  made->rows = std::move(extracted.rows);
  made->happened = extracted.happened;
  return made;
}

// The buffer in which the thread writes whole resources.
std::string& emptied_buffer() {
  thread_local std::string whole;
  if (whole.capacity() > 2 * kMostBuffer) whole = {};
  whole.clear();
  return whole;
}

// The body of a resource whose text is `whole`.
std::string cut_columns(const Json& resource, std::string& whole) {
  const auto members = resource.members();
  // In the canonical order the columns come first, and then meta, where serve() puts the version and its time.
  std::size_t columns = 0;
  while (columns < members.size() && is_column(members[columns])) ++columns;
  const auto rest = members.subspan(columns);
  const bool plain = std::none_of(rest.begin(), rest.end(), [&](const fhir::Member& member) {
    return is_column(member) || (member.name == "meta" && (&member != &rest.front() || member.value.size() == 0));
  });
  if (plain && !rest.empty()) {
    const std::size_t from = end_of_columns(members.first(columns)) - 1;
    whole[from] = '{';
    if (whole.size() < kMostBuffer) return whole.substr(from);
    whole.erase(0, from);
    return std::move(whole);  // the thread does not hold on to so much
  }
  std::string out(1, '{');
  for (const fhir::Member& member : members) {
    if (member.name == "meta" && member.value.size() > 0) write_member(out, member);
  }
  for (const fhir::Member& member : members) {
    if (member.name != "meta" && !is_column(member)) write_member(out, member);
  }
  out += '}';
  return out;
}

// The body of what a mapping made, with meta.source.
std::string mapped_body(Json& resource, std::string_view source, fhir::Arena& arena) {
  std::string& whole = emptied_buffer();
  if (Json* meta = resource.find("meta"); meta != nullptr) {
    *meta = *fhir::copy(*meta, arena);  // others may have it as well
    meta->member(arena, "source").set_string(source);
    fhir::sort_members(resource);
    fhir::write_json(resource, whole);
    return cut_columns(resource, whole);
  }
  fhir::write_json(resource, whole);
  std::string body = R"({"meta":{"source":)";
  body.reserve(whole.size() + source.size() + 32);
  fhir::write_json_string(source, body);
  body += '}';
  const std::string_view rest = std::string_view(whole).substr(end_of_columns(resource.members().first(2)));
  if (rest.empty()) {
    body += '}';  // nothing but its columns
  } else {
    body.append(1, ',').append(rest);
  }
  return body;
}

// Errors: no such type, no usable id.
Result<const Plan*> plan_of(const Json& resource) {
  const std::string_view type = resource.text_at("resourceType");
  const Plan* found = plan(type);
  if (found == nullptr)
    return fail(Code::bad_structure, "'" + std::string(type) + "' is no resource type of FHIR R4", "resourceType");
  if (!fhir::valid_primitive(fhir::Primitive::id, resource.text_at("id")))
    return fail(Code::bad_value, "the resource has no usable id", std::string(type) + ".id");
  return found;
}

struct Ready {
  PreparedPtr known;               // nothing is left to do
  std::shared_ptr<Prepared> made;  // it has no pack yet
  bool again = false;              // it came lately
};

// Of a message's resources many are said again as they were: the patient, the doctor, the ward.
// `source`: what is meta.source in the body and not yet in the tree.
Result<Ready> known_or_made(const Plan& plan, const Json& resource, std::string body, std::string_view source = {}) {
  const std::string_view id = resource.text_at("id");
  const std::int64_t content = hash(body);
  const std::int64_t key = resource_key(plan.name, id);
  Recent::Found recent = Recent::instance().find(plan, id, key, content, body);
  if (recent.known != nullptr) return Ready{std::move(recent.known), nullptr};
  if (body.size() > kMostBytes) {
    return fail(Code::too_large, "the resource has more than " + std::to_string(kMostBytes >> 20) + " MiB",
                std::string(plan.name) + "/" + std::string(id));
  }
  return Ready{nullptr, make(plan, id, key, std::move(body), content, resource, source), recent.again};
}

PreparedPtr packed_alone(std::shared_ptr<Prepared> made) {
  made->pack = pack(made->body);
  return made;
}

// All but its pack.
Result<Ready> checked(Json& resource) {
  YL_TRY(const Plan* found, plan_of(resource));
  if (Json* meta = resource.find("meta"); meta != nullptr) {
    meta->remove("versionId");
    meta->remove("lastUpdated");
    if (meta->size() == 0) resource.remove("meta");
  }
  std::string& whole = emptied_buffer();
  if (const auto issues = fhir::sort_check_write(resource, whole, 1); !issues.empty()) return Failure(issues.front());
  return known_or_made(*found, resource, cut_columns(resource, whole));
}

}  // namespace

std::string body_of(const Json& resource) {
  std::string& whole = emptied_buffer();
  fhir::write_json(resource, whole);
  return cut_columns(resource, whole);
}

Result<PreparedPtr> prepare(Json& resource) {
  YL_TRY(Ready ready, checked(resource));
  if (ready.known != nullptr) return ready.known;
  PreparedPtr prepared = packed_alone(ready.made);
  prepared->pack->get();
  if (ready.again) Recent::instance().keep(prepared);
  return prepared;
}

Result<PreparedPtr> Preparation::check_and_add(Json& resource) {
  YL_TRY(Ready ready, checked(resource));
  if (ready.known != nullptr) return ready.known;
  fresh_.emplace_back(ready.made, ready.again);
  return PreparedPtr(ready.made);
}

Result<PreparedPtr> Preparation::add(Json& resource, std::string_view source, fhir::Arena& arena) {
  YL_TRY(const Plan* found, plan_of(resource));
  YL_TRY(Ready ready, known_or_made(*found, resource, mapped_body(resource, source, arena), source));
  if (ready.known != nullptr) return ready.known;
  fresh_.emplace_back(ready.made, ready.again);
  return PreparedPtr(ready.made);
}

std::vector<std::shared_ptr<const Pack>> Preparation::pack() {
  std::vector<std::shared_ptr<const Pack>> packs;
  std::string text;
  std::size_t all = 0;
  for (const auto& [made, again] : fresh_) all += made->body.size();
  text.reserve(std::min(all, most_together_));
  std::vector<Prepared*> inside;
  const auto close = [&] {
    if (inside.empty()) return;
    packs.push_back(records::pack(std::move(text)));
    for (Prepared* each : inside) each->pack = packs.back();
    inside.clear();
    text = {};
  };
  for (const auto& [made, again] : fresh_) {
    if (text.size() + made->body.size() > most_together_) close();
    made->start = static_cast<std::int64_t>(text.size());
    text += made->body;
    inside.push_back(made.get());
  }
  close();
  for (const auto& [made, again] : fresh_) {
    if (again) Recent::instance().keep(made);
  }
  fresh_.clear();
  return packs;
}

PreparedPtr prepare_merged(const Plan& plan, std::string_view id, const Json& content) {
  std::string body = body_of(content);
  const std::int64_t hashed = hash(body);
  return packed_alone(make(plan, id, resource_key(plan.name, id), std::move(body), hashed, content, {}));
}

}  // namespace yilian::records
