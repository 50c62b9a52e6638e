#pragma once
// Where the next page begins, as a text that is handed to the client and comes back: numbers and texts, bound to the
// query that they belong to.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace yilian::records {

struct Cursor {
  std::vector<std::int64_t> numbers;
  std::vector<std::string> texts;
};

// URL-safe. `query`: a fingerprint of what is asked; a cursor of another query is refused.
std::string write_cursor(const Cursor& cursor, std::int64_t query);
// Errors: bad_value for anything that write_cursor did not make for this query.
Result<Cursor> read_cursor(std::string_view text, std::int64_t query);

}  // namespace yilian::records
