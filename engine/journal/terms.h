#pragma once
// The terms by which messages are found by what they say: words of letters and digits as they stand, and each two characters that follow each other of what is not ASCII.

#include <xxhash.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/text/encoding.h"

namespace yilian::journal {

// A message's bytes as they are searched: decoded, folded (text/fold.h); between two characters that are not ASCII a component separator goes, since nobody types it:
// 王^芳 is found as 王芳.
std::string searchable(std::string_view raw, std::string_view charset);

inline std::uint32_t term(std::string_view text) { return static_cast<std::uint32_t>(XXH3_64bits(text.data(), text.size())); }

inline bool is_word_letter(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
inline std::size_t character_bytes(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

// The words and the runs of other characters of a text, one after the other.
class Runs {
 public:
  explicit Runs(std::string_view text) : text_(text) {}
  bool next();
  std::string_view run() const { return run_; }
  bool is_word() const { return is_ascii(run_.front()); }

 private:
  std::string_view text_, run_;
  std::size_t at_ = 0;
};

// Calls visit(term) for each, some of them more than once.
template <class Visit>
void for_terms(std::string_view searchable, Visit&& visit) {
  for (Runs at(searchable); at.next();) {
    const std::string_view run = at.run();
    if (at.is_word()) {
      visit(term(run));
      continue;
    }
    for (std::size_t i = 0;;) {
      const std::size_t second = i + character_bytes(run[i]);
      if (second >= run.size()) break;
      visit(term(run.substr(i, second + character_bytes(run[second]) - i)));
      i = second;
    }
  }
}

// What is asked for.
class Wanted {
 public:
  // Errors: bad_value when nothing in it can be looked for (a single Chinese character, signs alone).
  static Result<Wanted> read(std::string_view typed);
  const std::vector<std::uint32_t>& terms() const { return terms_; }
  // Whether a searchable text has all of it.
  bool is_in(std::string_view searchable) const;

 private:
  std::vector<std::string> words_, runs_;
  std::vector<std::uint32_t> terms_;
};

}  // namespace yilian::journal
