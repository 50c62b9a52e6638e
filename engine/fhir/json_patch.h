#pragma once
// JSON Patch (RFC 6902) with JSON Pointer (RFC 6901).

#include "engine/base/result.h"
#include "engine/fhir/json.h"

namespace yilian::fhir {

struct PatchLimits {
  std::size_t operations = 10'000;
  std::size_t values = 1u << 20;  // that are put in, all together; moved ones count too
  std::size_t depth = 100;        // of what comes out; at most kDeepest
};

// What `patch` makes of `target`: a tree of its own in the arena. `target` is never changed, so a patch is done whole or
// not at all. `test` compares as the RFC says: members in any order, numbers by their value (1.0 is 1).
// Errors, `where` is "patch[2]" or "patch[2].path": bad_structure (no list of operations, a member missing, a pointer
// that is none), unsupported (an operation that RFC 6902 does not know), conflict (the target has no such place, or a
// test does not hold), too_large, too_deep.
Result<Json*> patch_json(const Json& target, const Json& patch, Arena& arena, const PatchLimits& limits = {});

// Equality of RFC 6902, section 4.6.
bool same_value(const Json& a, const Json& b);

}  // namespace yilian::fhir
