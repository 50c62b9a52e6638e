#pragma once
// Removing for good what has been deleted or replaced: rows, index entries and the text itself.

#include <cstddef>
#include <optional>
#include <string>

#include "engine/database/database.h"

namespace yilian::records {

struct Expunge {
  std::string type{}, id{};               // an empty id: all of the type; an empty type: all types
  std::optional<std::int64_t> version{};  // of one resource: this former version alone
  bool deleted = false;                   // deleted resources, with all their versions
  bool previous = false;                  // versions that were replaced
  bool everything = false;                // current versions too
};

// How many versions were removed, at most `limit`; less: nothing is left. Each slice of some versions is a task of the
// writer, so others write in between, and what is done stays done when the program ends in the middle.
//
// The text is overwritten where it lies: in its pack, whose other versions stay, and in the pages of the file that are
// freed (secure_delete); then the write-ahead log is emptied, unless a reader needs it for longer than a second. Not
// overwritten is what earlier writes left in free space (VACUUM removes it), what the index says of former versions
// (hashes, and folded names and texts) until its runs have been merged, and the journal's messages.
//
// Errors: not_found (the resource, the version); conflict (the current version alone cannot go); bad_value; storage.
Result<std::size_t> expunge(database::Database& database, const Expunge& request, std::size_t limit);

}  // namespace yilian::records
