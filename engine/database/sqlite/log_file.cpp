#include "engine/database/sqlite/log_file.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <vector>

#include "engine/database/sqlite/behind.h"

namespace yilian::database {
namespace {

constexpr std::size_t kWriteMost =
    124 * 1024;  // SQLite's unix VFS masks the size of a write with 0x1FFFF, and takes 0 for a full disk
constexpr std::size_t kGatherMost = 4u << 20;    // more is written at once
constexpr std::size_t kKeepGathered = 1u << 20;  // a larger buffer is given back after its commit
// The log grows by whole steps of zeros: overwriting what a file already has needs no change of its metadata, which
// halves an fdatasync. SQLite takes a frame of zeros for the log's end (page number 0, salts that do not match).
constexpr sqlite3_int64 kGrowStep = 1 << 20;

struct Gathered {
  sqlite3_int64 start = 0;  // of `bytes` in the file
  std::vector<char> bytes;
  sqlite3_int64 size = 0;  // of the file as it is on disk; -1: not known
  int failed = SQLITE_OK;  // of a write that was put off; told at the next call
  sqlite3_int64 end() const { return start + static_cast<sqlite3_int64>(bytes.size()); }
};

struct LogFile {
  sqlite3_file base;
  Gathered* gathered;
};
using System = Behind<LogFile>;
constexpr auto real = System::real;
Gathered& gathered(sqlite3_file* file) { return *reinterpret_cast<LogFile*>(file)->gathered; }

int write_through(sqlite3_file* file, const char* data, std::size_t size, sqlite3_int64 at) {
  while (size > 0) {
    const auto part = static_cast<int>(std::min(size, kWriteMost));
    if (const int code = real(file)->pMethods->xWrite(real(file), data, part, at); code != SQLITE_OK) return code;
    data += part;
    at += part;
    size -= static_cast<std::size_t>(part);
  }
  return SQLITE_OK;
}

int grow(sqlite3_file* file, sqlite3_int64 to) {
  Gathered& log = gathered(file);
  if (log.size < 0) {
    if (const int code = real(file)->pMethods->xFileSize(real(file), &log.size); code != SQLITE_OK) return code;
  }
  if (to <= log.size) return SQLITE_OK;
  static const std::vector<char> zeros(64 * 1024);
  const sqlite3_int64 until = (to / kGrowStep + 1) * kGrowStep;
  for (sqlite3_int64 at = to; at < until;) {
    const auto part = std::min<sqlite3_int64>(until - at, static_cast<sqlite3_int64>(zeros.size()));
    if (write_through(file, zeros.data(), static_cast<std::size_t>(part), at) != SQLITE_OK)
      return SQLITE_OK;  // a full disk: the frames may fit yet
    at += part;
  }
  log.size = until;
  return SQLITE_OK;
}

int write_gathered(sqlite3_file* file) {
  Gathered& log = gathered(file);
  if (log.failed != SQLITE_OK) {
    const int code = log.failed;
    log.failed = SQLITE_OK;
    log.bytes.clear();
    return code;
  }
  if (log.bytes.empty()) return SQLITE_OK;
  int code = write_through(file, log.bytes.data(), log.bytes.size(), log.start);
  if (code == SQLITE_OK) code = grow(file, log.end());
  log.bytes.clear();
  if (log.bytes.capacity() > kKeepGathered) log.bytes = {};
  return code;
}

int log_close(sqlite3_file* file) {
  const int wrote = write_gathered(file);
  delete reinterpret_cast<LogFile*>(file)->gathered;
  const int closed = System::close(file);
  return wrote != SQLITE_OK ? wrote : closed;
}

int log_read(sqlite3_file* file, void* out, int size, sqlite3_int64 at) {
  const Gathered& log = gathered(file);
  if (!log.bytes.empty() && at < log.end() && at + size > log.start) {
    if (const int code = write_gathered(file); code != SQLITE_OK) return code;
  }
  return real(file)->pMethods->xRead(real(file), out, size, at);
}

int log_write(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) try {
  Gathered& log = gathered(file);
  if (!log.bytes.empty() && (at != log.end() || log.bytes.size() + static_cast<std::size_t>(size) > kGatherMost)) {
    if (const int code = write_gathered(file); code != SQLITE_OK) return code;
  }
  if (log.bytes.empty()) log.start = at;
  const char* bytes = static_cast<const char*>(data);
  log.bytes.insert(log.bytes.end(), bytes, bytes + size);
  return SQLITE_OK;
} catch (const std::bad_alloc&) {
  return SQLITE_IOERR_NOMEM;
}

int log_truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (const int code = write_gathered(file); code != SQLITE_OK) return code;
  gathered(file).size = -1;
  return System::truncate(file, size);
}

int log_sync(sqlite3_file* file, int flags) {
  if (const int code = write_gathered(file); code != SQLITE_OK) return code;
  return System::sync(file, flags);
}

int log_size(sqlite3_file* file, sqlite3_int64* size) {
  if (const int code = write_gathered(file); code != SQLITE_OK) return code;
  return System::size(file, size);
}

const sqlite3_io_methods kLogMethods = {1,
                                        log_close,
                                        log_read,
                                        log_write,
                                        log_truncate,
                                        log_sync,
                                        log_size,
                                        System::lock,
                                        System::unlock,
                                        System::reserved,
                                        System::control,
                                        System::sector,
                                        System::device,
                                        nullptr,
                                        nullptr,
                                        nullptr,
                                        nullptr,
                                        nullptr,
                                        nullptr};

}  // namespace

std::size_t log_file_room() { return System::kRoom; }

int open_log_file(sqlite3_vfs* system, sqlite3_filename name, sqlite3_file* file, int flags, int* flags_out) {
  auto* log = reinterpret_cast<LogFile*>(file);
  log->base.pMethods = nullptr;
  const int code = system->xOpen(system, name, real(file), flags, flags_out);
  if (code != SQLITE_OK) return code;
  log->gathered = new (std::nothrow) Gathered;
  if (log->gathered == nullptr) {
    real(file)->pMethods->xClose(real(file));
    return SQLITE_NOMEM;
  }
  log->gathered->size = -1;
  log->base.pMethods = &kLogMethods;
  return SQLITE_OK;
}

}  // namespace yilian::database
