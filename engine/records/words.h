#pragma once
// The words by which `_content` and `_text` find a text: what is typed finds whatever goes on after it. So each is the
// text from the beginning of a word on, or from a character that is not ASCII on, as far as the next blank.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/fhir/definitions.h"
#include "engine/fhir/json.h"

namespace yilian::records {

inline constexpr std::size_t kWordBytes = 36;  // of a word; what is longer is cut at a character
// What is written in Chinese has a word for each of its characters. Those of a long text are short: they are seldom said
// again, and their room is all their own.
inline constexpr std::size_t kShortText = 96;    // bytes; what is longer…
inline constexpr std::size_t kFewCharacters = 4;  // …has words of so many characters that are not ASCII
// Of a narrative, and of the other texts of a resource together, where what several of them say counts for each; who has
// more is looked at himself.
inline constexpr std::size_t kMostWords = 4096;

struct Word {
  std::string_view text;
  bool cut;  // it goes on
};

// The parts of a folded text that have no blank in them, nor a comma, colon or the like beside a character that is not
// ASCII; without the punctuation at their ends.
class Segments {
 public:
  explicit Segments(std::string_view folded) : text_(folded) {}
  bool next();
  std::string_view segment() const { return segment_; }

 private:
  bool separates(std::size_t at) const;
  std::string_view text_, segment_;
  std::size_t at_ = 0;
};

inline bool is_word_letter(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); }

// Whether a word begins there.
inline bool begins_word(std::string_view segment, std::size_t at) {
  const auto byte = static_cast<unsigned char>(segment[at]);
  if (byte >= 0x80) return byte >= 0xC0;
  return is_word_letter(segment[at]) && (at == 0 || !is_word_letter(segment[at - 1]));
}
Word word_at(std::string_view segment, std::size_t at, bool long_text);

// Calls visit(Word) for each of a folded text, until it says false.
template <class Visit>
bool for_words(std::string_view folded, Visit&& visit) {
  const bool long_text = folded.size() > kShortText;
  for (Segments at(folded); at.next();) {
    for (std::size_t i = 0; i < at.segment().size(); ++i) {
      if (begins_word(at.segment(), i) && !visit(word_at(at.segment(), i, long_text))) return false;
    }
  }
  return true;
}

// The words of one resource after the other, each once. What is said again and again is folded once.
class ResourceWords {
 public:
  ResourceWords();
  void read(const fhir::Type& type, const fhir::Json& resource);

  // How each ends a row, after the parameter's number: the text, and 1 as `extra` when it is cut. In their order, those of
  // the narrative and the others each for themselves.
  std::size_t size() const { return words_.size(); }
  std::string_view operator[](std::size_t i) const { return text(words_[i]); }
  std::size_t bytes() const { return bytes_.size(); }
  // Those before are the narrative's, the others are not in it.
  std::size_t narrative_end() const { return narrative_end_; }
  bool narrative_has_more() const { return narrative_has_more_; }
  bool has_more() const { return has_more_; }

 private:
  struct Place {
    std::uint64_t head;  // its first eight bytes, as a number that sorts as they do
    std::uint32_t at, size;
  };
  // A text that came lately. In one piece, which is all that is read when it comes again: the text, the sizes of its words,
  // a byte each, and the words.
  struct Text {
    std::string piece;
    std::uint16_t size = 0, words = 0;  // of the text; how many
    std::uint32_t said_in = 0;          // the resource that said it last
    std::string_view text() const { return std::string_view(piece).substr(0, size); }
  };
  struct Slot {
    std::uint32_t text = 0, word = 0;
  };
  static constexpr std::size_t kTexts = 1024, kMostTextBytes = 160, kSlots = 2 * kMostWords;

  std::string_view text(const Place& place) const { return {bytes_.data() + place.at, place.size}; }
  bool add(std::string_view text, std::size_t most);
  bool add_once(std::string_view text, std::size_t most);
  bool is_new(const Place& place);
  void learn(Text& slot, std::string_view text);
  std::size_t sort(std::size_t begin, std::size_t end);
  void drop_known();

  std::vector<Text> texts_;
  std::vector<Slot> slots_;  // of the words of a text that is not kept, by hash
  std::uint32_t resource_ = 0, long_text_ = 0;
  std::string bytes_;
  std::string sizes_, learned_;  // while a text is learned
  std::vector<Place> words_;
  std::size_t narrative_end_ = 0;
  bool narrative_has_more_ = false, has_more_ = false;
};

}  // namespace yilian::records
