#pragma once
// Conditional interactions: the resources that their criteria find (http.html#ccreate, #cond-update, #cdelete).

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/records/store.h"

namespace yilian::api {

inline constexpr std::size_t kMostDeleted = 500;  // by one conditional delete

struct Criteria {
  records::Parameters conditions;
  // A conditional delete may say `_count`: so many at most are deleted. Without it exactly one may be found.
  std::size_t most = 1;
};

// From a query as it is decoded. What says only how an answer looks is left out. Errors: bad_value (no condition at
// all, a parameter that sorts or includes).
Result<Criteria> read_criteria(const records::Parameters& query, std::string_view where);
// The same from a text, which may begin with a "?" or with a type and a "?".
Result<Criteria> read_criteria(std::string_view text, std::string_view where);

// Ids, in no order of meaning, at most `most`, of what the scope shows. Inside the writer they see what the transaction wrote. Errors:
// precondition (more are found), what records::search says.
Result<std::vector<std::string>> find_matches(database::Connection& connection, const records::Scope& scope, std::string_view type,
                                              const Criteria& criteria);

// A text that is the same for the same criteria.
std::string text_of(std::string_view type, const Criteria& criteria);

}  // namespace yilian::api
