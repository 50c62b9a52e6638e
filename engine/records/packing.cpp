#include "engine/records/packing.h"

#include "engine/database/error.h"

namespace yilian::records {

void packing_damaged(const char* what) {
  throw database::StorageError(database::Trouble::damaged, std::string(what) + " is damaged");
}

}  // namespace yilian::records
