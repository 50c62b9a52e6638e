#include "engine/records/prepared.h"

#include <array>
#include <mutex>

#include "engine/fhir/check.h"
#include "engine/records/body.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

using fhir::Json;

constexpr std::size_t kMostBytes = 128u << 20;

void write_member(std::string& out, const fhir::Member& member) {
  if (out.size() > 1) out += ',';
  fhir::write_json_string(member.name, out);
  out += ':';
  fhir::write_json(member.value, out);
}

// What was prepared lately, by content: the same again need not be checked, compressed and indexed again. A resource
// found here has passed the check.
class Recent {
 public:
  static Recent& instance() {
    static Recent recent;
    return recent;
  }

  PreparedPtr find(const Plan& plan, std::string_view id, std::int64_t content, const std::string& body) {
    const std::lock_guard lock(mutex_);
    const PreparedPtr& kept = place(plan, id);
    const bool same =
        kept != nullptr && kept->content == content && kept->plan == &plan && kept->id == id && kept->body == body;
    return same ? kept : nullptr;
  }

  void keep(const PreparedPtr& made) {
    if (made->body.size() > kMostKept) return;
    PreparedPtr gone = made;  // what was there before goes after the lock
    const std::lock_guard lock(mutex_);
    place(*made->plan, made->id).swap(gone);
  }

 private:
  static constexpr std::size_t kPlaces = 1024;        // the patients, doctors and wards that are busy at one time
  static constexpr std::size_t kMostKept = 4 * 1024;  // of a body: at most some 8 MB in all
  PreparedPtr& place(const Plan& plan, std::string_view id) {
    return places_[static_cast<std::uint64_t>(resource_key(plan.name, id)) % kPlaces];
  }
  std::mutex mutex_;
  std::array<PreparedPtr, kPlaces> places_;
};

void finish(Prepared& made, const Json& content) {
  made.packed_id = pack_id(made.id);
  made.key = resource_key(made.plan->name, made.id);
  made.packed = compress(made.body);
  made.content = hash(made.body);
  made.rows = rows_of(*made.plan, content);
  made.happened = happened(*made.plan, content);
}

}  // namespace

std::string body_of(const Json& resource) {
  std::string out(1, '{');
  // meta first: serve() puts the version and its time there.
  for (const fhir::Member& member : resource.members()) {
    if (member.name == "meta" && member.value.size() > 0) write_member(out, member);
  }
  for (const fhir::Member& member : resource.members()) {
    if (member.name != "meta" && member.name != "resourceType" && member.name != "id") write_member(out, member);
  }
  out += '}';
  return out;
}

Result<PreparedPtr> prepare_in_place(Json& resource, Checked checked) {
  const std::string_view type = resource.text_at("resourceType");
  const Plan* found = plan(type);
  if (found == nullptr)
    return fail(Code::bad_structure, "'" + std::string(type) + "' is no resource type of FHIR R4", "resourceType");
  const std::string_view id = resource.text_at("id");
  if (!fhir::valid_primitive(fhir::Primitive::id, id))
    return fail(Code::bad_value, "the resource has no usable id", std::string(type) + ".id");
  if (Json* meta = resource.find("meta"); meta != nullptr) {
    meta->remove("versionId");
    meta->remove("lastUpdated");
    if (meta->size() == 0) resource.remove("meta");
  }
  fhir::sort_members(resource);
  std::string body = body_of(resource);
  // Of a message's resources many are said again as they were: the patient, the doctor, the ward.
  const std::int64_t content = hash(body);
  if (PreparedPtr known = Recent::instance().find(*found, id, content, body)) return known;
  if (checked == Checked::no) {
    if (const auto issues = fhir::check(resource, 1); !issues.empty()) return Failure(issues.front());
  }
  if (body.size() > kMostBytes) {
    return fail(Code::too_large, "the resource has more than " + std::to_string(kMostBytes >> 20) + " MiB",
                std::string(type) + "/" + std::string(id));
  }
  auto made = std::make_shared<Prepared>();
  made->plan = found;
  made->id = id;
  made->body = std::move(body);
  made->content = content;
  finish(*made, resource);
  PreparedPtr out = std::move(made);
  Recent::instance().keep(out);
  return out;
}

Result<PreparedPtr> prepare(const Json& resource) {
  fhir::Arena arena;
  return prepare_in_place(*fhir::copy(resource, arena), Checked::no);
}

PreparedPtr prepare_merged(const Plan& plan, std::string_view id, const Json& content) {
  auto made = std::make_shared<Prepared>();
  made->plan = &plan;
  made->id = id;
  made->body = body_of(content);
  made->content = hash(made->body);
  finish(*made, content);
  return made;
}

}  // namespace yilian::records
