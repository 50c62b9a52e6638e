#pragma once
// Transaction and batch Bundles (FHIR R4 3.1.0.11).

#include "engine/database/database.h"
#include "engine/fhir/json.h"
#include "engine/net/http.h"
#include "engine/records/store.h"

namespace yilian::api {

// All or nothing, in one commit; references by fullUrl are resolved to the ids that the entries get. Errors name the entry.
Result<std::string> run_transaction(database::Database& database, fhir::Json& bundle, fhir::Arena& arena);
// Each entry by itself; the answer has one response for each, in order.
Result<std::string> run_batch(database::Database& database, fhir::Json& bundle, fhir::Arena& arena);

}  // namespace yilian::api
