#pragma once
// The write-ahead log's file: writes are gathered, and its space is kept.
//
// SQLite writes each page of a commit with two pwrite calls; a commit of forty pages is eighty calls before its fsync.
// Here they become one. It is safe: what is gathered is written before any sync, size or read of the file by the
// connection that wrote it, and no other connection reads past what the log's index names, which SQLite publishes after
// the sync.

#include <sqlite3.h>

#include <cstddef>

namespace yilian::database {

// Bytes that it needs before the system's own file.
std::size_t log_file_room();
// As sqlite3_vfs::xOpen.
int open_log_file(sqlite3_vfs* system, sqlite3_filename name, sqlite3_file* file, int flags, int* flags_out);

}  // namespace yilian::database
