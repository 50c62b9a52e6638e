#include "engine/journal/terms.h"

#include <algorithm>

#include "engine/text/fold.h"

namespace yilian::journal {

bool Runs::next() {
  while (at_ < text_.size() && is_ascii(text_[at_]) && !is_word_letter(text_[at_])) ++at_;
  if (at_ >= text_.size()) return false;
  const std::size_t begin = at_;
  const bool word = is_ascii(text_[at_]);
  while (at_ < text_.size() && is_ascii(text_[at_]) == word && (!word || is_word_letter(text_[at_]))) ++at_;
  run_ = text_.substr(begin, at_ - begin);
  return true;
}

std::string searchable(std::string_view raw, std::string_view charset) {
  const auto known = text::charset_named(charset);
  auto decoded = text::to_utf8(raw, known.value_or(text::Charset::utf8));
  if (!decoded) decoded = text::to_utf8(raw, text::Charset::latin1);
  std::string& text = *decoded;
  std::size_t out = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '^' && out > 0 && !is_ascii(text[out - 1]) && i + 1 < text.size() && !is_ascii(text[i + 1])) continue;
    text[out++] = text[i];
  }
  text.resize(out);
  return text::fold(text);
}

Result<Wanted> Wanted::read(std::string_view typed) {
  Wanted wanted;
  const std::string folded = text::fold(typed);
  for (Runs at(folded); at.next();) {
    const std::string_view run = at.run();
    if (!at.is_word() && run.size() <= character_bytes(run.front())) return fail(Code::bad_value, "'" + std::string(run) + "' is a single character", "content", "Two at least: those that stand beside it");
    (at.is_word() ? wanted.words_ : wanted.runs_).emplace_back(run);
  }
  if (wanted.words_.empty() && wanted.runs_.empty()) return fail(Code::bad_value, "there is no word in '" + std::string(typed) + "'", "content", "Words and numbers as they stand in the message, or Chinese of two characters and more");
  for_terms(folded, [&](std::uint32_t each) { wanted.terms_.push_back(each); });
  std::sort(wanted.terms_.begin(), wanted.terms_.end());
  wanted.terms_.erase(std::unique(wanted.terms_.begin(), wanted.terms_.end()), wanted.terms_.end());
  return wanted;
}

bool Wanted::is_in(std::string_view searchable) const {
  const auto stands_alone = [&](const std::string& word) {
    for (std::size_t at = searchable.find(word); at != std::string_view::npos; at = searchable.find(word, at + 1)) {
      const std::size_t end = at + word.size();
      if ((at == 0 || !is_word_letter(searchable[at - 1])) && (end == searchable.size() || !is_word_letter(searchable[end]))) return true;
    }
    return false;
  };
  return std::all_of(words_.begin(), words_.end(), stands_alone) &&
         std::all_of(runs_.begin(), runs_.end(), [&](const std::string& run) { return searchable.find(run) != std::string_view::npos; });
}

}  // namespace yilian::journal
