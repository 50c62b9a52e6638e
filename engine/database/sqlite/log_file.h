#pragma once
// A thin SQLite VFS over the system's own that gathers the writes to the write-ahead log and keeps the log's space.
//
// SQLite writes each page of a commit with two pwrite calls; a commit of forty pages is eighty calls before its fsync.
// Here they become one. It is safe: what is gathered is written before any sync, size or read of the file by the
// connection that wrote it, and no other connection reads past what the log's index names, which SQLite publishes after
// the sync.

namespace yilian::database {

// The name of the VFS, registered at the first call.
const char* log_gathering_vfs();

}  // namespace yilian::database
