// Type/id/$origin.

#include "engine/api/fhir_face.h"
#include "engine/api/operation.h"
#include "engine/api/origin.h"
#include "engine/api/scope.h"

namespace yilian::api {

Result<net::Response> origin_operation(const OperationCall& call) {
  YL_CHECK(hold_to_all(call.scope));  // it tells of whole messages
  fhir::Arena arena;
  YL_CHECK(OperationInput::read(call.request, {}, arena));
  const auto directory = call.alliance.directory();
  YL_TRY(const auto trace, call.database.read([&](database::Connection& reader) {
    return routing::trace(reader, *directory, call.type, call.id);
  }));
  return json_response(200, origin_parameters(trace));
}

}  // namespace yilian::api
