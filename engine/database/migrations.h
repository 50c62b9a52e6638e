#pragma once
// Brings the schema of each part up to the version that this program knows.

#include "engine/database/database.h"

namespace yilian::database {

// All in one transaction. Errors: bad_config when the file is another program's or a newer one wrote it. Throws
// StorageError.
Result<void> migrate(Connection& writer, const std::string& path, const std::vector<Schema>& schema);

}  // namespace yilian::database
