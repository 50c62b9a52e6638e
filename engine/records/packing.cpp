#include "engine/records/packing.h"

#include <sqlite3.h>

#include "engine/database/error.h"

namespace yilian::records {

void packing_damaged(const char* what) {
  throw database::StorageError(SQLITE_CORRUPT, std::string(what) + " is damaged");
}

}  // namespace yilian::records
