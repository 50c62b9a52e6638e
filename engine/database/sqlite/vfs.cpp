#include "engine/database/sqlite/vfs.h"

#include <sqlite3.h>

#include <algorithm>

#include "engine/database/sqlite/data_file.h"
#include "engine/database/sqlite/log_file.h"

namespace yilian::database {
namespace {

sqlite3_vfs* system_vfs() { return sqlite3_vfs_find(nullptr); }

int open_file(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* flags_out) {
  sqlite3_vfs* system = system_vfs();
  if ((flags & SQLITE_OPEN_WAL) != 0) return open_log_file(system, name, file, flags, flags_out);
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) return open_data_file(system, name, file, flags, flags_out);
  return system->xOpen(system, name, file, flags, flags_out);
}

const char* register_vfs() {
  static sqlite3_vfs vfs;
  vfs = *system_vfs();  // everything but opening is the system's
  vfs.pNext = nullptr;
  vfs.zName = "yilian";
  vfs.szOsFile += static_cast<int>(std::max(log_file_room(), data_file_room()));
  vfs.xOpen = open_file;
  sqlite3_vfs_register(&vfs, 0);
  return vfs.zName;
}

}  // namespace

const char* our_vfs() {
  // Statistics of memory take a lock for every allocation of every thread.
  static const char* const name = [] {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_initialize();
    return register_vfs();
  }();
  return name;
}

}  // namespace yilian::database
