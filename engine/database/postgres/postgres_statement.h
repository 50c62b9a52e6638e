#pragma once
// A statement of a PostgresConnection.

#include <memory>
#include <string_view>

#include "engine/database/driver.h"

namespace yilian::database {

class PostgresConnection;

// Runs at the first step; an insert of one row is gathered.
std::unique_ptr<RawStatement> postgres_statement(PostgresConnection& home, std::string_view sql);
// A query by a cursor: rows come some at a time.
std::unique_ptr<RawStatement> postgres_walk(PostgresConnection& home, std::string_view sql);

// A query for one, asked for many at once: each number's rows by the same plan as one's alone.
std::unique_ptr<RawStatement> postgres_each(PostgresConnection& home, std::string_view sql);

}  // namespace yilian::database
