#pragma once
// Items without what is equal twice. Texts, numbers and Booleans are found by a hash, so that large unions take no
// square.

#include <cstdint>
#include <vector>

#include "engine/fhirpath/run.h"

namespace yilian::fhirpath {

class EqualSet {
 public:
  explicit EqualSet(Run& run) : run_(run) {}
  EqualSet(Run& run, Collection items) : run_(run) {
    for (const Item& item : items) add(item);
  }
  // False: it was there already, or the evaluation has failed.
  bool add(const Item& item);
  bool has(const Item& item) const;

 private:
  // What an item can be equal to.
  struct Key {
    enum class Kind : std::uint8_t { hashed, number, other } kind;
    std::uint64_t hash;
  };
  Key key_of(const Item& item) const;
  bool has(const Item& item, const Key& key) const;
  void put(std::uint64_t hash, std::uint32_t index);
  bool any_equal(const std::vector<Item>& items, const Item& item) const;

  Run& run_;
  std::vector<Item> hashed_, others_;
  std::vector<std::uint64_t> hashes_;  // beside hashed_
  std::vector<std::uint32_t> slots_;   // open addressing: index + 1, 0 free; a power of two of them, at most half used
};

}  // namespace yilian::fhirpath
