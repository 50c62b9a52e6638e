#include "engine/database/sqlite/data_file.h"

#include <xxhash.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "engine/database/sqlite/behind.h"

namespace yilian::database {
namespace {

constexpr std::size_t kSummed = kPageBytes - kSumBytes;
constexpr int kSmallestPage = 512;                    // of SQLite: what is smaller is read of the header
constexpr std::size_t kReservedAt = 20, kIdentityAt = 68;  // in the file's header
constexpr int kAsk = 0x594C0001, kBegin = 0x594C0002;      // file controls of our own

struct DataFile {
  sqlite3_file base;
  bool sums;      // pages that are written get a checksum
  bool verifies;  // pages that are read have one
};
using System = Behind<DataFile>;
constexpr auto real = System::real;
DataFile& data(sqlite3_file* file) { return *reinterpret_cast<DataFile*>(file); }

// Never zero. Another one in another place.
std::uint64_t sum_of(const char* page, sqlite3_int64 at) {
  const std::uint64_t sum = XXH3_64bits(page, kSummed) ^ static_cast<std::uint64_t>(at) * 0x9E3779B97F4A7C15ULL;
  return sum == 0 ? 1 : sum;
}

bool is_page(int size, sqlite3_int64 at) { return size == kPageBytes && at % kPageBytes == 0; }

bool is_whole(const char* page, sqlite3_int64 at) {
  std::uint64_t stored = 0;
  std::memcpy(&stored, page + kSummed, sizeof stored);
  if (stored != 0) return stored == sum_of(page, at);
  // Another program wrote it. A page of zeros nobody writes: the disk has lost it.
  return std::any_of(page, page + kSummed, [](char byte) { return byte != 0; });
}

int data_read(sqlite3_file* file, void* out, int size, sqlite3_int64 at) {
  const int code = real(file)->pMethods->xRead(real(file), out, size, at);
  if (code != SQLITE_OK || size < kSmallestPage || !data(file).verifies) return code;
  auto* page = static_cast<char*>(out);
  // Of another size: the header, which was read before this, is damaged.
  if (!is_page(size, at) || !is_whole(page, at)) return SQLITE_IOERR_DATA;
  std::memset(page + kSummed, 0, kSumBytes);
  return SQLITE_OK;
}

int data_write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
  if (!data(file).sums) return real(file)->pMethods->xWrite(real(file), bytes, size, at);
  if (!is_page(size, at)) return SQLITE_IOERR_WRITE;
  char page[kPageBytes];
  std::memcpy(page, bytes, kSummed);
  const std::uint64_t sum = sum_of(page, at);
  std::memcpy(page + kSummed, &sum, sizeof sum);
  return real(file)->pMethods->xWrite(real(file), page, size, at);
}

int data_control(sqlite3_file* file, int what, void* argument) {
  if (what == kAsk) {
    *static_cast<bool*>(argument) = data(file).sums;
    return SQLITE_OK;
  }
  if (what == kBegin) {
    data(file).sums = true;
    return SQLITE_OK;
  }
  return System::control(file, what, argument);
}

// Version 2: the file is not mapped into memory, where nobody would look at what is read.
const sqlite3_io_methods kDataMethods = {2,
                                         System::close,
                                         data_read,
                                         data_write,
                                         System::truncate,
                                         System::sync,
                                         System::size,
                                         System::lock,
                                         System::unlock,
                                         System::reserved,
                                         data_control,
                                         System::sector,
                                         System::device,
                                         System::shm_map,
                                         System::shm_lock,
                                         System::shm_barrier,
                                         System::shm_unmap,
                                         nullptr,
                                         nullptr};

// Two places say it, so that a bit that turned in one of them does not take the checksums away.
bool says_sums(sqlite3_file* system_file) {
  char header[100];
  if (system_file->pMethods->xRead(system_file, header, sizeof header, 0) != SQLITE_OK) return false;
  std::uint32_t identity = 0;
  for (std::size_t i = 0; i < sizeof identity; ++i)
    identity = identity << 8 | static_cast<unsigned char>(header[kIdentityAt + i]);
  return header[kReservedAt] == kSumBytes || identity == kWithSums;
}

}  // namespace

std::size_t data_file_room() { return System::kRoom; }

int open_data_file(sqlite3_vfs* system, sqlite3_filename name, sqlite3_file* file, int flags, int* flags_out) {
  data(file).base.pMethods = nullptr;
  if (const int code = system->xOpen(system, name, real(file), flags, flags_out); code != SQLITE_OK) return code;
  data(file).sums = data(file).verifies = says_sums(real(file));
  data(file).base.pMethods = &kDataMethods;
  return SQLITE_OK;
}

bool has_sums(sqlite3* db) {
  bool has = false;
  sqlite3_file_control(db, "main", kAsk, &has);
  return has;
}

void begin_sums(sqlite3* db) {
  int reserved = kSumBytes;
  sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
  sqlite3_file_control(db, "main", kBegin, nullptr);
}

}  // namespace yilian::database
