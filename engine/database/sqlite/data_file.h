#pragma once
// The database's file: each of its pages has a checksum in its last eight bytes, which SQLite leaves free. It is made when
// the page is written to the file and looked at when it is read from there, so whatever the disk turned is refused (as
// SQLITE_IOERR_DATA), wherever it stands: in a row, in a tree over rows, in the list of free pages. A page that stands in
// another one's place is refused too. The log has checksums of SQLite's own.
//
// A file that an earlier program made has no room for them, and is read as it is: `yilian store backup` makes a copy that
// has. In memory and in the log the eight bytes are zero, so that a page which another program (the sqlite3 shell after a
// crash) copies from the log into the file can be told from a damaged one: it is read as it is until it is written again.

#include <sqlite3.h>

#include <cstddef>

namespace yilian::database {

inline constexpr int kPageBytes = 4096, kSumBytes = 8;
// In the file's header, SQLite's PRAGMA application_id: "YLN1", and "YLN2" of a file whose pages have checksums, which a
// program that knows nothing of them must not write to.
inline constexpr int kWithoutSums = 0x594C4E31, kWithSums = 0x594C4E32;

std::size_t data_file_room();  // as log_file_room
int open_data_file(sqlite3_vfs* system, sqlite3_filename name, sqlite3_file* file, int flags, int* flags_out);

// Whether the file's pages have checksums.
bool has_sums(sqlite3* db);
// From now on pages that are written get them: of a file that is empty yet, or is about to be rewritten by a VACUUM; what
// is read is looked at once the file has been opened anew.
void begin_sums(sqlite3* db);

}  // namespace yilian::database
