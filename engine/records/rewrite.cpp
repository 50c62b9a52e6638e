// A version that gets another meta, under its number.

#include "engine/records/custom/custom_parameters.h"
#include "engine/records/erasure.h"
#include "engine/records/stored.h"
#include "engine/records/types.h"
#include "engine/records/versions.h"

namespace yilian::records {
namespace {

// The rows of one resource; its former versions have none in the index.
Result<void> rewrite_current(database::Connection& writer, const Stored& stored, const Prepared& fresh) {
  fhir::Arena arena;
  YL_TRY(const fhir::Json* known, content_of(writer, stored, arena));
  return reword(writer, stored, rows_before(writer, *fresh.plan, *known), fresh);
}

void rewrite_former(database::Connection& writer, const Stored& stored, const Prepared& fresh) {
  const std::int64_t number = writer.deferred<Packs>().number_of(writer, fresh.pack);
  writer.prepare("UPDATE resource_history SET body = ?3, start = ?4, bytes = ?5 WHERE rid = ?1 AND version = ?2")
      .bind(1, stored.rid)
      .bind(2, stored.version)
      .bind(3, number)
      .bind(4, fresh.start)
      .bind(5, static_cast<std::int64_t>(fresh.body.size()))
      .run();
}

}  // namespace

Result<void> rewrite(database::Connection& writer, const Scope& scope, const PreparedPtr& resource, std::int64_t version) {
  const Prepared& fresh = *resource;
  View view(writer, scope);
  if (!view.shows(*fresh.plan, fresh.rows, fresh.key))
    return fail(Code::forbidden, "what you write would lie outside what you may see",
                std::string(fresh.plan->name) + "/" + fresh.id);
  writer.flush_deferred();
  YL_TRY(const Stored current, current_of(view, fresh.plan->name, fresh.id));
  YL_TRY(const Stored stored, version_in(view, current, version));
  {
    YL_TRY(const BodyText body, read_body(writer, stored));
    if (body.text == fresh.body) return {};  // it would be written where it lies, and then be taken away
  }
  if (stored.version == current.version) {
    YL_CHECK(rewrite_current(writer, stored, fresh));
  } else {
    rewrite_former(writer, stored, fresh);
  }
  writer.flush_deferred();
  Erasure erasure(writer);
  if (stored.version == current.version || !stored.body.is_same_as(current.body)) erasure.give_up(stored.rid, stored.body);
  return erasure.run();
}

}  // namespace yilian::records
