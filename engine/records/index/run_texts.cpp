#include "engine/records/index/run_texts.h"

#include <algorithm>

#include "engine/records/index/key.h"

namespace yilian::records {

void RunTexts::add(const Piece& piece, std::size_t number, std::string_view low, std::string_view high) {
  std::size_t i = piece.lower_bound(low);
  const std::size_t end = piece.lower_bound(high);
  if (i == end) return;
  if (!places_.empty()) places_.pop_back();
  for (; i < end; ++i) {
    const std::string_view key = piece.key(i).substr(kParameterBytes);
    // The same as the one before, which may have been in the piece before?
    const std::string_view last = begins_.empty() ? std::string_view() : std::string_view(texts_).substr(begins_.back());
    if (!last.empty() && key.starts_with(last)) continue;  // with its zero
    begins_.push_back(static_cast<std::uint32_t>(texts_.size()));
    places_.push_back({static_cast<std::uint32_t>(number), static_cast<std::uint32_t>(i)});
    texts_.append(key.substr(0, key.find('\0') + 1));
  }
  places_.push_back({static_cast<std::uint32_t>(number), static_cast<std::uint32_t>(end)});
}

void RunTexts::finish() {
  if (places_.empty()) places_.push_back({0, 0});
  begins_.push_back(static_cast<std::uint32_t>(texts_.size()));
  texts_.shrink_to_fit();
  begins_.shrink_to_fit();
  places_.shrink_to_fit();
}

std::size_t RunTexts::text_at(std::size_t at) const {
  return static_cast<std::size_t>(std::upper_bound(begins_.begin(), begins_.end(), at) - begins_.begin()) - 1;
}

}  // namespace yilian::records
