#pragma once
// The different texts of a parameter in a run, one behind the other: what contains something is looked for in all of them
// at once, and then its entries, wherever in the key's order they stand.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/records/index/piece.h"

namespace yilian::records {

class RunTexts {
 public:
  // Where an entry stands: the piece's number, and the entry in it.
  struct Place {
    std::uint32_t piece, entry;
  };

  // The next piece: those of its entries that are within the keys.
  void add(const Piece& piece, std::size_t number, std::string_view low, std::string_view high);
  void finish();  // once all is added

  // Calls visit(text, begin, end), with the places of its entries, for each text that contains `wanted`, or ends with it;
  // until it is false.
  template <class Visit>
  bool visit_with(std::string_view wanted, bool at_end, Visit&& visit) const {
    std::string ended(wanted);
    if (at_end) ended += '\0';
    for (std::size_t at = texts_.find(ended); at != std::string::npos;) {
      const std::size_t text = text_at(at);
      const std::string_view whole = std::string_view(texts_).substr(begins_[text], begins_[text + 1] - begins_[text] - 1);
      if (!visit(whole, places_[text], places_[text + 1])) return false;
      at = texts_.find(ended, begins_[text + 1]);
    }
    return true;
  }
  std::size_t bytes() const { return sizeof *this + texts_.capacity() + begins_.capacity() * 4 + places_.capacity() * sizeof(Place); }

 private:
  std::size_t text_at(std::size_t at) const;

  std::string texts_;                  // each ended by a zero
  std::vector<std::uint32_t> begins_;  // where each begins, and the end of all
  std::vector<Place> places_;          // its first entry, and where the last one's end
};

}  // namespace yilian::records
