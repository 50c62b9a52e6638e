#include "engine/records/body.h"
#include "engine/records/index/index.h"
#include "engine/records/stored.h"
#include "engine/records/types.h"
#include "engine/records/versions.h"
#include "engine/records/view.h"

namespace yilian::records {

Version version_of(const Stored& stored, std::string_view body) {
  Version out{std::string(type_name(stored.type)), unpack_id(stored.packed_id), stored.version,  stored.updated,
              stored.deleted(),                    {},                          stored.message,
              std::string(method_name(stored.method))};
  if (!stored.deleted()) out.body = serve(out.type, out.id, stored.version, stored.updated, body);
  return out;
}

Result<Version> version_of(database::Connection& reader, const Stored& stored) {
  if (stored.deleted()) return version_of(stored, std::string_view());
  YL_TRY(const BodyText body, read_body(reader, stored));
  return version_of(stored, body.text);
}

namespace {

Failure absent(std::string_view type, std::string_view id) {
  return fail(Code::not_found, "there is no such resource", std::string(type) + "/" + std::string(id));
}

Failure no_version(std::string_view type, std::string_view id, std::int64_t version) {
  return fail(Code::not_found, "there is no version " + std::to_string(version),
              std::string(type) + "/" + std::string(id));
}

Failure gone(std::string_view type, std::string_view id, Instant when) {
  return fail(Code::gone, "it was deleted at " + fhir_instant(when), std::string(type) + "/" + std::string(id),
              "Its history has the former versions");
}

// Without a snapshot, where that spares round trips: a resource has one number for good and one row, which says by itself
// whether it is the right one and what it is now; a body says whether it is that row's. Nothing: it cannot be told so.
std::optional<Version> glance_at(database::Connection& reader, const Scope& scope, std::string_view type,
                                 std::string_view id) {
  const database::Glance glance(reader);
  const Plan* found = plan(type);
  if (!glance || found == nullptr) return std::nullopt;
  try {
    const std::string packed = pack_id(id);
    for (const std::int64_t rid : reader.deferred<Index>().known_resources_of(reader, resource_key(type, id))) {
      const auto stored = stored_at(reader, rid);
      if (!stored || stored->type != found->type || stored->packed_id != packed) continue;
      if (stored->deleted() || stored->content == 0) break;
      const auto body = read_body(reader, *stored);
      if (!body) break;
      View view(reader, scope);
      const auto shown = view.shows(*stored);
      if (!shown || !*shown) break;
      return version_of(*stored, body->text);
    }
  } catch (const database::StorageError& error) {
    if (error.trouble == database::Trouble::away) throw;
  }
  return std::nullopt;
}

}  // namespace

Result<Stored> current_of(View& view, std::string_view type, std::string_view id) {
  const Plan* found = plan(type);
  if (found == nullptr)
    return fail(Code::not_found, "'" + std::string(type) + "' is no resource type of FHIR R4", std::string(type));
  auto stored = find(view.reader(), *found, pack_id(id), resource_key(type, id));
  if (!stored) return absent(type, id);
  YL_TRY(const bool shown, view.shows(*stored));
  if (!shown) return absent(type, id);
  return std::move(*stored);
}

Result<Stored> version_in(View& view, const Stored& current, std::int64_t version) {
  Stored stored = current;
  const std::string_view type = type_name(current.type);
  const std::string id = unpack_id(current.packed_id);
  if (stored.version != version) {
    auto row = view.reader().prepare(
        "SELECT updated, method, message, body, start, bytes FROM resource_history WHERE rid = ?1 AND version = ?2");
    row.bind(1, stored.rid).bind(2, version);
    if (!row.step()) return no_version(type, id, version);
    stored.version = version;
    stored.updated = row.integer(0);
    stored.method = static_cast<Method>(row.integer(1));
    stored.message = row.integer(2);
    stored.content = 0;
    stored.body = {row.integer(3), row.integer(4), row.integer(5)};
    YL_TRY(const bool shown, view.shows(stored));
    if (!shown) return no_version(type, id, version);
  }
  if (stored.deleted()) return gone(type, id, stored.updated);
  return stored;
}

Result<Version> read(database::Connection& reader, const Scope& scope, std::string_view type, std::string_view id) {
  if (auto seen = glance_at(reader, scope, type, id)) return std::move(*seen);
  View view(reader, scope);
  YL_TRY(const Stored stored, current_of(view, type, id));
  if (stored.deleted()) return gone(type, id, stored.updated);
  return version_of(reader, stored);
}

Result<Version> read_version(database::Connection& reader, const Scope& scope, std::string_view type,
                             std::string_view id, std::int64_t version) {
  View view(reader, scope);
  YL_TRY(const Stored current, current_of(view, type, id));
  YL_TRY(const Stored stored, version_in(view, current, version));
  return version_of(reader, stored);
}

}  // namespace yilian::records
