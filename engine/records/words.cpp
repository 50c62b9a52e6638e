#include "engine/records/words.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "engine/records/index/key.h"
#include "engine/records/texts.h"
#include "engine/records/types.h"
#include "engine/text/fold.h"

namespace yilian::records {
namespace {

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

// What fold() takes from the ends of what is typed: nobody looks for it there.
bool is_edge(char c) { return std::string_view(".,;:!?'\"`()[]{}-_/\\").find(c) != std::string_view::npos; }

std::size_t character_bytes(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

std::uint64_t first_bytes(std::string_view row_end) {
  std::uint64_t head = 0;
  std::memcpy(&head, row_end.data(), std::min(row_end.size(), sizeof head));
  return std::endian::native == std::endian::little ? __builtin_bswap64(head) : head;
}

// Of at most kWordBytes + 3 bytes, behind `out`.
void append_row_end(std::string& out, const Word& word) {
  append_text(out, word.text);
  append_extra(out, word.cut ? 1 : 0);
}

}  // namespace

bool Segments::separates(std::size_t at) const {
  const char c = text_[at];
  if (c == ' ') return true;
  if (c != ',' && c != ';' && c != ':' && c != '!' && c != '?') return false;
  return (at > 0 && !is_ascii(text_[at - 1])) || (at + 1 < text_.size() && !is_ascii(text_[at + 1]));
}

bool Segments::next() {
  while (at_ < text_.size()) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && !separates(at_)) ++at_;
    std::size_t end = at_++;
    while (end > begin && is_edge(text_[end - 1])) --end;
    if (end == begin) continue;
    segment_ = text_.substr(begin, end - begin);
    return true;
  }
  return false;
}

Word word_at(std::string_view segment, std::size_t at, bool long_text) {
  const std::string_view rest = segment.substr(at);
  if (!long_text && rest.size() <= kWordBytes) return {rest, false};
  std::size_t end = 0, characters = 0;
  while (end < rest.size()) {
    const std::size_t size = character_bytes(rest[end]);
    if (end + size > kWordBytes || (long_text && size > 1 && ++characters > kFewCharacters))
      return {rest.substr(0, end), true};
    end += size;
  }
  return {rest, false};
}

ResourceWords::ResourceWords() : texts_(kTexts), slots_(kSlots) {}

void ResourceWords::read(const fhir::Type& type, const fhir::Json& resource) {
  if (++resource_ == 0) {  // after four billion
    for (Text& text : texts_) text.said_in = 0;
    resource_ = 1;
  }
  bytes_.clear();
  words_.clear();
  narrative_end_ = 0;
  narrative_has_more_ = has_more_ = false;
  for_texts(type, resource, [this](std::string_view text, bool narrative) {
    if (text.empty() || has_more_) return;
    if (narrative) {
      narrative_has_more_ = !add(text, kMostWords);
      narrative_end_ = sort(0, words_.size());
    } else {
      has_more_ = !add(text, narrative_end_ + kMostWords);
    }
  });
  sort(narrative_end_, words_.size());
  if (narrative_end_ > 0) drop_known();
}

// Those from `begin` to `end`, which are the last, into their order, each once. Where they end then.
std::size_t ResourceWords::sort(std::size_t begin, std::size_t end) {
  const auto first = words_.begin() + static_cast<std::ptrdiff_t>(begin), last = words_.begin() + static_cast<std::ptrdiff_t>(end);
  std::sort(first, last, [this](const Place& a, const Place& b) { return a.head != b.head ? a.head < b.head : text(a) < text(b); });
  words_.erase(std::unique(first, last, [this](const Place& a, const Place& b) { return a.head == b.head && text(a) == text(b); }), last);
  return words_.size();
}

// What the narrative has as well.
void ResourceWords::drop_known() {
  std::size_t known = 0, left = narrative_end_;
  for (std::size_t i = narrative_end_; i < words_.size(); ++i) {
    while (known < narrative_end_ && (*this)[known] < (*this)[i]) ++known;
    if (known == narrative_end_ || (*this)[known] != (*this)[i]) words_[left++] = words_[i];
  }
  words_.resize(left);
}

// False: with these there are more than `most`.
bool ResourceWords::add(std::string_view text, std::size_t most) {
  if (text.size() > kMostTextBytes) return add_once(text, most);
  Text& known = texts_[static_cast<std::uint64_t>(hash(text)) % kTexts];
  if (known.text() != text) {
    learn(known, text);
  } else if (known.said_in == resource_) {
    return true;
  }
  known.said_in = resource_;
  if (words_.size() + known.words > most) return false;
  auto at = static_cast<std::uint32_t>(bytes_.size());
  const std::string_view sizes = std::string_view(known.piece).substr(known.size, known.words);
  bytes_.append(known.piece, known.size + known.words);
  for (const char size : sizes) {
    const auto bytes = static_cast<std::uint32_t>(static_cast<unsigned char>(size));
    words_.push_back({first_bytes({bytes_.data() + at, bytes}), at, bytes});
    at += bytes;
  }
  return true;
}

void ResourceWords::learn(Text& slot, std::string_view text) {
  sizes_.clear();
  learned_.clear();
  const std::string folded = text::fold(text);
  for_words(folded, [&](const Word& word) {
    const std::size_t begin = learned_.size();
    append_row_end(learned_, word);
    sizes_ += static_cast<char>(learned_.size() - begin);
    return true;
  });
  slot.piece.assign(text).append(sizes_).append(learned_);
  slot.size = static_cast<std::uint16_t>(text.size());
  slot.words = static_cast<std::uint16_t>(sizes_.size());
}

bool ResourceWords::add_once(std::string_view text, std::size_t most) {
  if (++long_text_ == 0) {
    for (Slot& slot : slots_) slot.text = 0;
    long_text_ = 1;
  }
  const std::string folded = text::fold(text);
  return for_words(folded, [&](const Word& word) {
    const std::size_t begin = bytes_.size();
    append_row_end(bytes_, word);
    const std::string_view row_end = std::string_view(bytes_).substr(begin);
    const Place place{first_bytes(row_end), static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(row_end.size())};
    if (!is_new(place)) {
      bytes_.resize(place.at);
      return true;
    }
    if (words_.size() == most) return false;
    words_.push_back(place);
    return true;
  });
}

// The first time that the text says it; it is the next word then.
bool ResourceWords::is_new(const Place& place) {
  const std::string_view row_end = text(place);
  std::size_t at = static_cast<std::uint64_t>(hash(row_end)) % kSlots;
  for (; slots_[at].text == long_text_; at = (at + 1) % kSlots) {
    if (text(words_[slots_[at].word]) == row_end) return false;
  }
  slots_[at] = {long_text_, static_cast<std::uint32_t>(words_.size())};
  return true;
}

}  // namespace yilian::records
