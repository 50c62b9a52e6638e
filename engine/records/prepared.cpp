#include "engine/records/prepared.h"

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

Result<PreparedPtr> prepare(const Json& resource) {
  const std::string_view type = resource.text_at("resourceType");
  const Plan* found = plan(type);
  if (found == nullptr) return fail(Code::bad_structure, "'" + std::string(type) + "' is no resource type of FHIR R4", "resourceType");
  if (const auto issues = fhir::check(resource, 1); !issues.empty()) return Failure(issues.front());
  const std::string_view id = resource.text_at("id");
  if (!fhir::valid_primitive("id", id)) return fail(Code::bad_value, "the resource has no usable id", std::string(type) + ".id");
  fhir::Arena arena;
  Json* own = fhir::copy(resource, arena);
  if (Json* meta = own->find("meta"); meta != nullptr) {
    meta->remove("versionId");
    meta->remove("lastUpdated");
    if (meta->size() == 0) own->remove("meta");
  }
  fhir::sort_members(*own);
  auto made = std::make_shared<Prepared>();
  made->plan = found;
  made->id = id;
  made->body = body_of(*own);
  if (made->body.size() > kMostBytes) {
    return fail(Code::too_large, "the resource has more than " + std::to_string(kMostBytes >> 20) + " MiB", std::string(type) + "/" + made->id);
  }
  finish(*made, *own);
  return PreparedPtr(std::move(made));
}

PreparedPtr prepare_merged(const Plan& plan, std::string_view id, const Json& content) {
  auto made = std::make_shared<Prepared>();
  made->plan = &plan;
  made->id = id;
  made->body = body_of(content);
  finish(*made, content);
  return made;
}

}  // namespace yilian::records
