// Type/$validate and Type/id/$validate.

#include "engine/api/operation.h"
#include "engine/records/store.h"

namespace yilian::api {

Result<net::Response> validate_operation(const OperationCall& call) {
  fhir::Arena arena;
  const fhir::Json* stored = nullptr;
  if (!call.id.empty()) {
    const auto there = call.read(
        [&](database::Connection& reader) { return records::read(reader, call.scope, call.type, call.id); });
    if (there) {
      YL_TRY(stored, fhir::read_json(there->body, arena, {.depth = fhir::kDeepest, .bytes = there->body.size()}));
    }
  }
  return validate(call.request, call.validation, call.type, call.id, stored);
}

}  // namespace yilian::api
