#include "engine/records/search/lists.h"

#include "engine/records/rows.h"
#include "engine/records/search/scan.h"
#include "engine/records/stored.h"
#include "engine/records/types.h"

namespace yilian::records {

Result<Bitmap> resources_in_list(database::Connection& reader, const std::string& id) {
  const auto list = find(reader, *plan("List"), pack_id(id), resource_key("List", id));
  if (!list || list->deleted()) return fail(Code::not_found, "there is no List/" + id, "_list", "Name a List of this store");
  fhir::Arena arena;
  YL_TRY(const fhir::Json* content, load_content(reader, list->rid, arena));
  Bitmap set;
  const fhir::Json* entries = content->find("entry");
  if (entries == nullptr || !entries->is_array()) return set;
  for (const fhir::Json& entry : entries->items()) {
    const fhir::Json* item = entry.find("item");
    if (item == nullptr || entry.text_at("deleted") == "true") continue;
    const std::string reference = normal_reference(item->text_at("reference"));
    const std::size_t slash = reference.find('/');
    const Plan* type = slash == std::string::npos ? nullptr : plan(std::string_view(reference).substr(0, slash));
    if (type == nullptr) continue;
    const auto stored = find(reader, *type, pack_id(std::string_view(reference).substr(slash + 1)), hash(reference));
    if (stored && !stored->deleted()) set.add(stored->rid);
  }
  set.finish();
  return set;
}

}  // namespace yilian::records
