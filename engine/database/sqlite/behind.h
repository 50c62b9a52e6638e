#pragma once
// The system's own file, which lies behind ours in the same memory, and the calls that are left to it.

#include <sqlite3.h>

#include <cstddef>

namespace yilian::database {

// `Ours`: what SQLite sees of the file; begins with a sqlite3_file.
template <class Ours>
struct Behind {
  // Bytes of ours before it.
  static constexpr std::size_t kRoom =
      (sizeof(Ours) + alignof(std::max_align_t) - 1) / alignof(std::max_align_t) * alignof(std::max_align_t);
  static sqlite3_file* real(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + kRoom);
  }

  // As in sqlite3_io_methods.
  static int close(sqlite3_file* file) { return methods(file).xClose(real(file)); }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) { return methods(file).xTruncate(real(file), size); }
  static int sync(sqlite3_file* file, int flags) { return methods(file).xSync(real(file), flags); }
  static int size(sqlite3_file* file, sqlite3_int64* out) { return methods(file).xFileSize(real(file), out); }
  static int lock(sqlite3_file* file, int level) { return methods(file).xLock(real(file), level); }
  static int unlock(sqlite3_file* file, int level) { return methods(file).xUnlock(real(file), level); }
  static int reserved(sqlite3_file* file, int* out) { return methods(file).xCheckReservedLock(real(file), out); }
  static int control(sqlite3_file* file, int what, void* argument) {
    return methods(file).xFileControl(real(file), what, argument);
  }
  static int sector(sqlite3_file* file) { return methods(file).xSectorSize(real(file)); }
  static int device(sqlite3_file* file) { return methods(file).xDeviceCharacteristics(real(file)); }
  static int shm_map(sqlite3_file* file, int region, int bytes, int extend, void volatile** out) {
    return methods(file).xShmMap(real(file), region, bytes, extend, out);
  }
  static int shm_lock(sqlite3_file* file, int at, int count, int flags) {
    return methods(file).xShmLock(real(file), at, count, flags);
  }
  static void shm_barrier(sqlite3_file* file) { methods(file).xShmBarrier(real(file)); }
  static int shm_unmap(sqlite3_file* file, int remove) { return methods(file).xShmUnmap(real(file), remove); }

 private:
  static const sqlite3_io_methods& methods(sqlite3_file* file) { return *real(file)->pMethods; }
};

}  // namespace yilian::database
