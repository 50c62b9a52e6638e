#include "engine/text/fold.h"

#include <utility>

#include "engine/text/tables.h"
#include "engine/text/utf8.h"

namespace yilian::text {

namespace {

constexpr char32_t kMiddleDot = 0xB7;

bool is_blank(char32_t c) {
  return c <= 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

// Accents of decomposed text, and what has no shape at all.
bool is_dropped(char32_t c) {
  return (c >= 0x300 && c <= 0x36F) || c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0000 && c <= 0xE01EF);
}

// Punctuation that is no part of a word it stands at the edge of. Not % # * + < > and the like: "NEUT%" and "NEUT#" are
// two tests.
bool is_edge(char32_t c) {
  switch (c) {
    case '.':
    case ',':
    case ';':
    case ':':
    case '!':
    case '?':
    case '\'':
    case '"':
    case '`':
    case '(':
    case ')':
    case '[':
    case ']':
    case '{':
    case '}':
    case '-':
    case '_':
    case '/':
    case '\\':
    case kMiddleDot:
    case 0xA1:
    case 0xAB:
    case 0xBB:
    case 0xBF:
      return true;
    default:
      return (c >= 0x3008 && c <= 0x3011) || (c >= 0x3014 && c <= 0x301F);
  }
}

class Folder {
 public:
  explicit Folder(std::size_t size) { out_.reserve(size); }

  void take(char32_t c) {
    if (is_dropped(c)) return;
    if (is_blank(c)) return hold(' ');
    if (c == kMiddleDot || c == '.') return hold(c);
    if (out_.empty() && is_edge(c)) return waiting_.clear();
    const bool hanzi = is_hanzi(c);
    if (!(hanzi && after_hanzi_)) out_ += waiting_;
    waiting_.clear();
    append_character(out_, c);
    after_hanzi_ = hanzi;
    if (!is_edge(c)) word_end_ = out_.size();
  }

  std::string finish() {
    out_.resize(word_end_);  // blanks and punctuation behind the last word
    return std::move(out_);
  }

 private:
  // Blanks and dots wait for what follows them: it decides whether they stay.
  void hold(char32_t c) {
    if (out_.empty()) return;
    if (c == ' ' && waiting_.ends_with(' ')) return;
    append_character(waiting_, c);
  }

  std::string out_;
  std::string waiting_;
  std::size_t word_end_ = 0;
  bool after_hanzi_ = false;
};

}  // namespace

std::string fold(std::string_view utf8) {
  Folder folder(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    const char32_t c = next_character(utf8, at);
    if (c < 0x80) {
      folder.take(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
      continue;
    }
    const std::string_view other = folded(c);
    if (other.empty()) {
      folder.take(c);
      continue;
    }
    for (std::size_t inner = 0; inner < other.size();) folder.take(next_character(other, inner));
  }
  return folder.finish();
}

bool has_chinese(std::string_view utf8) {
  for (std::size_t at = 0; at < utf8.size();) {
    if (is_hanzi(next_character(utf8, at))) return true;
  }
  return false;
}

}  // namespace yilian::text
