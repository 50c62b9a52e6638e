#pragma once
// Bundles of type transaction and batch, executed (http.html#transaction).

#include <functional>
#include <string>

#include "engine/api/bundle_entry.h"
#include "engine/api/validate.h"
#include "engine/database/database.h"
#include "engine/fhir/json.h"
#include "engine/net/http.h"
#include "engine/records/scope.h"

namespace yilian::api {

// Operations that entries of a transaction call.
struct OperationsWithin {
  // Reads the entry into the interaction in whose place it is done, with its resource. Errors: what is not served so.
  std::function<Result<Interaction>(const fhir::Json& entry)> place;
  // Does it inside the task. Errors: what it says.
  std::function<Result<net::Response>(database::Connection& writer, const fhir::Json& entry)> run;
};

// All or nothing, in one commit, in the order that R4 gives. Criteria are looked up before anything is changed; the same
// criteria of two creates make one resource. Conditional references are looked up when all that has none is written. The
// body of the answer; an Issue names the entry. `base` is for links; what is written is
// screened by `validation`.
Result<std::string> run_transaction(database::Database& database, const records::Scope& scope, fhir::Json& bundle,
                                    const Preferences& preferences, const std::string& base, fhir::Arena& arena,
                                    const OperationsWithin& operations,
                                    const ValidationSettings* validation = nullptr);
// Each entry by itself, all that is written in one commit; what fails is told in its own response. Entries that are no
// plain interaction (is_special) are given to `alone`, behind the others.
using Alone = std::function<net::Response(const fhir::Json& entry)>;
Result<std::string> run_batch(database::Database& database, const records::Scope& scope, fhir::Json& bundle,
                              const Preferences& preferences, const std::string& base, fhir::Arena& arena, const ValidationSettings* validation,
                              const Alone& alone);

}  // namespace yilian::api
