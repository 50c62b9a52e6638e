#include "engine/api/scope.h"

namespace yilian::api {

records::Scope scope_of(const net::Request& /*request*/) { return records::Scope::all(); }

Result<void> hold_to_all(const records::Scope& scope) {
  if (scope.is_all()) return {};
  return fail(Code::forbidden, "it concerns all records, and you may see a part of them", "", "Ask an operator");
}

}  // namespace yilian::api
