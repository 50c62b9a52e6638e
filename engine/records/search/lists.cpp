#include "engine/records/search/lists.h"

#include <algorithm>

#include "engine/records/rows.h"
#include "engine/records/search/joins.h"
#include "engine/records/search/scan.h"
#include "engine/records/stored.h"
#include "engine/records/types.h"

namespace yilian::records {

Result<Bitmap> resources_in_list(View& view, const std::string& id) {
  database::Connection& reader = view.reader();
  const auto list = find(reader, *plan("List"), pack_id(id), resource_key("List", id));
  bool seen = false;
  if (list) {
    YL_TRY(seen, view.contains(*list));
  }
  if (!seen) return fail(Code::not_found, "there is no List/" + id, "_list", "Name a List of this store");
  fhir::Arena arena;
  YL_TRY(const fhir::Json* content, load_content(reader, list->rid, arena));
  std::vector<std::int64_t> keys;
  const fhir::Json* entries = content->find("entry");
  if (entries != nullptr && entries->is_array()) {
    for (const fhir::Json& entry : entries->items()) {
      const fhir::Json* item = entry.find("item");
      if (item == nullptr || entry.text_at("deleted") == "true") continue;
      keys.push_back(hash(normal_reference(item->text_at("reference"))));
    }
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return resources_with(reader, keys);
}

}  // namespace yilian::records
