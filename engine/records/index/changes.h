#pragma once
// What a transaction changes in the index, packed as it is said and in no order: who reads it sorts it (sorting.h), for
// hundreds of commits at once, and not the writer, for whom everybody waits.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/records/packing.h"

namespace yilian::records {

class Changes {
 public:
  // A resource comes, by its key (types.h). Rows are keys without their block.
  void come(std::int64_t rid, std::int64_t key);
  void add(std::int64_t rid, std::string_view row);
  void remove(std::int64_t rid, std::string_view row);
  // Of a row that may be there already: who counts what each source says would count it twice.
  void add_again(std::int64_t rid, std::string_view row) {
    remove(rid, row);
    add(rid, row);
  }
  bool empty() const { return entries_ == 0; }
  // All of it. Empties it.
  std::string take();
  void clear();

 private:
  struct Place {
    std::uint32_t at, size;
  };
  void begin(std::int64_t rid);
  void speak_of(std::int64_t rid);
  std::string bytes_;
  std::int64_t rid_ = -1;            // of which is spoken
  std::vector<Place> rows_, before_;  // that were added to it, and to the one before
  std::uint32_t entries_ = 0, resources_ = 0;
};

// How much stands in what take() gave.
struct ChangesSize {
  std::size_t entries, resources;
};
ChangesSize size_of_changes(std::string_view changes);

// Walks over what take() gave, in its order. Throws StorageError when it is damaged.
class ChangesReader {
 public:
  enum class Kind : std::uint8_t { comes, adds, removes };
  explicit ChangesReader(std::string_view changes);  // which must outlive it
  bool next();
  Kind kind() const { return kind_; }
  std::int64_t rid() const { return rid_; }
  std::int64_t key() const { return key_; }        // of what comes
  std::string_view row() const { return row_; }    // that is added or removed
  // The row is the one that was added in this place (from 0) to the resource before; -1: it need not be.
  int same_as() const { return same_; }

 private:
  Unpacker at_;
  Kind kind_{};
  std::int64_t rid_ = -1, key_ = 0;
  std::string_view row_;
  int same_ = -1;
  std::vector<std::string_view> rows_, before_;
};

}  // namespace yilian::records
