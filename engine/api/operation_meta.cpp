// $meta, $meta-add, $meta-delete (resource-operation-meta.html).

#include <array>

#include "engine/api/conditions.h"
#include "engine/api/fhir_face.h"
#include "engine/api/operation.h"
#include "engine/records/used_meta.h"

namespace yilian::api {
namespace {

using fhir::Json;

constexpr std::array<std::string_view, 1> kMeta{"meta"};
constexpr std::array<const char*, 3> kLists{"profile", "security", "tag"};

void append_list(std::string& json, const char* name, const std::set<std::string>& items) {
  if (items.empty()) return;
  json.append(json.back() == '{' ? "\"" : ",\"").append(name).append("\":[");
  bool first = true;
  for (const std::string& item : items) json.append(std::exchange(first, false) ? "" : ",").append(item);
  json += ']';
}

net::Response return_meta(const std::string& meta) {
  if (meta == "{}") return json_response(200, R"({"resourceType":"Parameters"})");  // FHIR knows no empty object
  return json_response(200,
                       R"({"resourceType":"Parameters","parameter":[{"name":"return","valueMeta":)" + meta + "}]}");
}

bool same(const Json& a, const Json& b) {
  if (a.is_string() || b.is_string()) return a.text() == b.text();
  return a.text_at("system") == b.text_at("system") && a.text_at("code") == b.text_at("code");
}

bool holds(const Json& list, const Json& item) {
  for (const Json& each : list.items()) {
    if (same(each, item)) return true;
  }
  return false;
}

void add_meta(Json& resource, const Json& given, fhir::Arena& arena) {
  for (const char* name : kLists) {
    const Json* items = given.find(name);
    if (items == nullptr) continue;
    Json& meta = resource.member(arena, "meta");
    if (!meta.is_object()) meta.set_object();
    Json& list = meta.member(arena, name);
    if (!list.is_array()) list.set_array();
    for (const Json& item : items->items()) {
      if (!holds(list, item)) list.append(arena) = *fhir::copy(item, arena);
    }
  }
}

void delete_meta(Json& resource, const Json& given) {
  Json* meta = resource.find("meta");
  if (meta == nullptr) return;
  for (const char* name : kLists) {
    const Json* items = given.find(name);
    Json* list = meta->find(name);
    if (items == nullptr || list == nullptr) continue;
    for (std::size_t i = list->size(); i-- > 0;) {
      if (holds(*items, list->items()[i])) list->remove_item(i);
    }
    if (list->size() == 0) meta->remove(name);
  }
}

// Inside the writer: nobody's change comes between.
Result<std::string> write_meta(database::Connection& writer, const OperationCall& call, const Json& given, bool adds,
                               std::optional<std::int64_t> expected) {
  YL_TRY(const auto there, call.version ? records::read_version(writer, call.scope, call.type, call.id, *call.version)
                                        : records::read(writer, call.scope, call.type, call.id));
  if (expected && *expected != there.version) {
    return fail(
        Code::version_conflict,
        "If-Match names version " + std::to_string(*expected) + ", this one is " + std::to_string(there.version),
        call.place(), "Read it again");
  }
  fhir::Arena arena(there.body.size() * 2 + 4096);
  YL_TRY(Json * resource, fhir::read_json(there.body, arena, {.depth = fhir::kDeepest, .bytes = there.body.size()}));
  if (adds) {
    add_meta(*resource, given, arena);
  } else {
    delete_meta(*resource, given);
  }
  YL_TRY(const auto prepared, records::prepare(*resource));
  std::int64_t version = there.version;
  if (call.version) {
    YL_CHECK(records::rewrite(writer, call.scope, prepared, version));
  } else {
    YL_TRY(const auto written, records::put(writer, call.scope, prepared, version, now()));
    version = written.version;
  }
  YL_TRY(const auto made, records::read_version(writer, call.scope, call.type, call.id, version));
  YL_TRY(const Json* read, fhir::read_json(made.body, arena, {.depth = fhir::kDeepest, .bytes = made.body.size()}));
  return fhir::write_json(*read->find("meta"));
}

Result<net::Response> change_meta(const OperationCall& call, bool adds) {
  fhir::Arena arena;
  YL_TRY(const OperationInput input, OperationInput::read(call.request, kMeta, arena));
  const Json* given = input.value("meta");
  if (given == nullptr || !given->is_object())
    return fail(Code::required_missing, "names no meta", "Parameters.parameter('meta')",
                "Send a Parameters resource with a valueMeta");
  YL_TRY(const auto expected, version_in(call.request.header("if-match"), "If-Match"));
  std::string meta;
  YL_CHECK(call.write([&](database::Connection& writer) -> Result<void> {
    YL_TRY(meta, write_meta(writer, call, *given, adds, expected));
    return {};
  }));
  return return_meta(meta);
}

}  // namespace

Result<net::Response> meta_operation(const OperationCall& call) {
  fhir::Arena arena;
  YL_CHECK(OperationInput::read(call.request, {}, arena));
  if (!call.id.empty()) {
    YL_TRY(const auto version, call.read([&](database::Connection& reader) {
      return call.version ? records::read_version(reader, call.scope, call.type, call.id, *call.version)
                          : records::read(reader, call.scope, call.type, call.id);
    }));
    YL_TRY(const Json* resource,
           fhir::read_json(version.body, arena, {.depth = fhir::kDeepest, .bytes = version.body.size()}));
    return return_meta(fhir::write_json(*resource->find("meta")));
  }
  YL_TRY(const auto used,
         call.read([&](database::Connection& reader) { return records::used_meta(reader, call.scope, call.type); }));
  std::string meta = "{";
  append_list(meta, "profile", used.profiles);
  append_list(meta, "security", used.security);
  append_list(meta, "tag", used.tags);
  return return_meta(meta + "}");
}

Result<net::Response> meta_add_operation(const OperationCall& call) { return change_meta(call, true); }
Result<net::Response> meta_delete_operation(const OperationCall& call) { return change_meta(call, false); }

}  // namespace yilian::api
