#pragma once
// A thin SQLite VFS over the system's own, for two of its files: the database's (data_file.h) and its log (log_file.h).

namespace yilian::database {

// The name of the VFS, registered at the first call.
const char* our_vfs();

}  // namespace yilian::database
