#include "engine/records/used_meta.h"

#include "engine/fhir/definitions.h"
#include "engine/records/index/index_cursor.h"
#include "engine/records/index/key.h"
#include "engine/records/view.h"

namespace yilian::records {
namespace {

constexpr std::size_t kMostUsed = 10'000;

void add(const fhir::Json& meta, const char* name, std::set<std::string>& into) {
  const fhir::Json* list = meta.find(name);
  if (list == nullptr) return;
  for (const fhir::Json& item : list->items()) into.insert(fhir::write_json(item));
}

void add_all(const fhir::Json& resource, UsedMeta& into) {
  const fhir::Json* meta = resource.find("meta");
  if (meta == nullptr) return;
  add(*meta, "tag", into.tags);
  add(*meta, "security", into.security);
  add(*meta, "profile", into.profiles);
}

// Of each key the first resource that has it and is seen.
Result<void> add_by(database::Connection& reader, const View::Seen* seen, std::uint32_t number, UsedMeta& into) {
  std::size_t looked_at = 0;
  for (IndexCursor at(reader, parameter_key(number), parameter_key(number + 1)); at.there();) {
    std::uint64_t bits = at.bits().set;
    if (seen != nullptr) bits &= seen->bits_of(block_of(at.key()));
    if (bits == 0) {
      at.next();
      continue;
    }
    if (++looked_at > kMostUsed)
      return fail(Code::too_large, "more than " + std::to_string(kMostUsed) + " are in use", "meta",
                  "Ask for those of one type, or of one resource");
    const auto stored = stored_at(reader, block_of(at.key()) * 64 + __builtin_ctzll(bits));
    if (stored && !stored->deleted()) {
      fhir::Arena arena;
      YL_TRY(const fhir::Json* content, content_of(reader, *stored, arena));
      add_all(*content, into);
    }
    at.seek(after_all(std::string(without_block(at.key()))));
  }
  return {};
}

}  // namespace

Result<UsedMeta> used_meta(database::Connection& reader, const Scope& scope, std::string_view type) {
  reader.flush_deferred();
  View view(reader, scope);
  UsedMeta out;
  for (const fhir::Type* each : fhir::resource_types()) {
    if (!type.empty() && each->name != type) continue;
    const View::Seen* seen = nullptr;
    if (!scope.is_all()) {
      YL_TRY(seen, view.of(*plan(each->name)));
    }
    for (const char* code : {"_tag", "_security", "_profile"}) {
      const Indexed* parameter = plan(each->name)->find(code);
      if (parameter == nullptr) continue;
      for (const std::uint32_t number : parameter->numbers) YL_CHECK(add_by(reader, seen, number, out));
    }
  }
  return out;
}

}  // namespace yilian::records
