#include "engine/records/words.h"

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

void ResourceWords::begin() {
  if (++resource_ == 0) {  // after four billion
    for (Text& text : texts_) text.said_in = 0;
    for (Slot& slot : slots_) slot.said_in = 0;
    resource_ = 1;
  }
  bytes_.clear();
  words_.clear();
  narrative_end_ = 0;
  narrative_has_more_ = has_more_ = false;
}

void ResourceWords::read(const fhir::Type& type, const fhir::Json& resource) {
  begin();
  for_texts(type, resource, [this](std::string_view text, bool narrative) {
    if (has_more_ || text.empty()) return;
    if (!add(text)) (narrative ? narrative_has_more_ : has_more_) = true;
    if (narrative) narrative_end_ = words_.size();
  });
}

bool ResourceWords::add(std::string_view text) {
  if (text.size() > kMostTextBytes) return add_once(text);
  Text& known = texts_[static_cast<std::uint64_t>(hash(text)) % kTexts];
  if (known.text != text) {
    learn(known, text);
  } else if (known.said_in == resource_) {
    return true;
  }
  known.said_in = resource_;
  for (const Known& word : known.words) {
    if (!put({known.bytes.data() + word.place.at, word.place.size}, word.hash)) return false;
  }
  return true;
}

void ResourceWords::learn(Text& slot, std::string_view text) {
  slot.text = text;
  slot.bytes.clear();
  slot.words.clear();
  const std::string folded = text::fold(text);
  for_words(folded, [&](const Word& word) {
    const std::size_t begin = slot.bytes.size();
    append_row_end(slot.bytes, word);
    const Place place{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(slot.bytes.size() - begin)};
    slot.words.push_back({hash(std::string_view(slot.bytes).substr(begin)), place});
    return true;
  });
}

bool ResourceWords::add_once(std::string_view text) {
  const std::string folded = text::fold(text);
  std::string row_end;
  return for_words(folded, [&](const Word& word) {
    row_end.clear();
    append_row_end(row_end, word);
    return put(row_end, hash(row_end));
  });
}

// False: there are too many.
bool ResourceWords::put(std::string_view row_end, std::int64_t hash) {
  std::size_t at = static_cast<std::uint64_t>(hash) % kSlots;
  for (; slots_[at].said_in == resource_; at = (at + 1) % kSlots) {
    if ((*this)[slots_[at].word] == row_end) return true;
  }
  if (words_.size() == kMostWords) return false;
  slots_[at] = {resource_, static_cast<std::uint32_t>(words_.size())};
  words_.push_back({static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(row_end.size())});
  bytes_.append(row_end);
  return true;
}

}  // namespace yilian::records
