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
  struct Spelled {
    std::uint32_t at, size, hash;
    std::int64_t block = -1;  // for which it was said last
  };
  void begin(std::int64_t rid);
  void speak_of(std::int64_t rid);
  void note(std::uint32_t number);
  std::string_view row(std::uint32_t number) const { return {bytes_.data() + spelled_[number].at, spelled_[number].size}; }
  std::uint32_t& place_of(std::string_view row, std::uint32_t hash);
  void grow();
  std::string bytes_;
  std::int64_t rid_ = -1;                    // of which is spoken
  std::vector<std::uint32_t> rows_, before_;  // that were added to it, and to the one before: their numbers
  std::vector<Spelled> spelled_;             // by number
  std::vector<std::uint32_t> places_;        // by hash: number + 1 of a row that was spelled; 0: none
  std::uint32_t entries_ = 0, resources_ = 0;
};

// How much stands in what take() gave: a row that is said again for the same block counts once.
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
  // Of a row that is added: rows with one number are the same.
  std::uint32_t number() const { return number_; }

 private:
  bool adds(std::uint32_t number);
  Unpacker at_;
  Kind kind_{};
  std::int64_t rid_ = -1, key_ = 0;
  std::string_view row_;
  std::uint32_t number_ = 0;
  std::vector<std::string_view> spelled_;
  std::vector<std::uint32_t> rows_, before_;
};

}  // namespace yilian::records
