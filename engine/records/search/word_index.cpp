#include "engine/records/search/word_index.h"

#include <algorithm>

#include "engine/records/index/key.h"
#include "engine/records/parameter_numbers.h"
#include "engine/records/search/scan.h"
#include "engine/records/search/words.h"
#include "engine/records/words.h"

namespace yilian::records {
namespace {

constexpr std::size_t kMostLookUps = 8;  // for one long word of a long text: by then nearly nobody else is left

// Which rows a part of a word asks for.
enum class End : std::uint8_t { open, closed };  // words that begin so; this word alone

// What is typed, as the parts that the index has.
struct Typed {
  std::vector<std::string_view> segments;
  bool exact = false;  // all of it begins one word of a text, however long that text is
};

Typed read_typed(std::string_view word) {
  Typed out;
  for (Segments at(word); at.next();) out.segments.push_back(at.segment());
  out.exact = out.segments.size() == 1 && out.segments.front() == word && begins_word(word, 0) &&
              !word_at(word, 0, true).cut && !word_at(word, 0, false).cut;
  return out;
}

class WordFinder {
 public:
  WordFinder(database::Connection& reader, std::uint8_t type, Condition::About about)
      : reader_(reader), type_(type), numbers_(word_rows(type, about)) {
    for (const std::uint32_t number : numbers_) scan_into(reader_, all_of(parameter_key(number | 1U)), with_more_);
    with_more_.finish();
  }

  WordsFound find(const WordsAsked& asked) {
    if (asked.is == WordsAsked::Is::word) return find_word(asked.word);
    const bool any = asked.is == WordsAsked::Is::any;
    WordsFound out = find(asked.parts.front());
    for (std::size_t i = 1; i < asked.parts.size() && (any || !out.all.empty()); ++i) {
      const WordsFound part = find(asked.parts[i]);
      any ? unite(out, part) : intersect(out, part);
    }
    return out;
  }

  static void unite(WordsFound& out, const WordsFound& part) {
    Bitmap sure = out.all, also = part.all;
    sure.subtract(out.unsure);
    also.subtract(part.unsure);
    out.all.unite(part.all);
    out.unsure.unite(part.unsure);
    out.unsure.subtract(sure);
    out.unsure.subtract(also);
  }

  std::optional<std::vector<Stretch>> stretches(const std::vector<WordsAsked>& asked) const {
    if (asked.size() != 1 || asked.front().is != WordsAsked::Is::word || !with_more_.empty()) return std::nullopt;
    if (!read_typed(asked.front().word).exact) return std::nullopt;
    std::vector<Stretch> out;
    for (const std::uint32_t number : numbers_) out.push_back(stretch(number, asked.front().word, End::open));
    return out;
  }

  std::int64_t count(std::string_view word, std::int64_t most) {
    std::int64_t rows = 0;
    for (const std::uint32_t number : numbers_) rows += records::count(reader_, stretch(number, word, End::open), most);
    return std::min(rows, most);
  }

 private:
  static void intersect(WordsFound& out, const WordsFound& part) {
    out.all.intersect(part.all);
    out.unsure.unite(part.unsure);
    out.unsure.intersect(out.all);
  }

  static Stretch stretch(std::uint32_t number, std::string_view text, End end) {
    std::string beginning = parameter_key(number);
    end == End::open ? append_text_begin(beginning, text) : append_text(beginning, text);
    return all_of(beginning);
  }

  Bitmap with(std::string_view text, End end) {
    Bitmap set;
    for (const std::uint32_t number : numbers_) scan_into(reader_, stretch(number, text, end), set);
    set.finish();
    return set;
  }
  // Words that go on are cut: then only who has just that beginning goes on as it is typed.
  Bitmap with(const Word& word, End end) { return with(word.text, word.cut ? End::closed : end); }

  WordsFound find_word(std::string_view word) {
    const Typed typed = read_typed(word);
    WordsFound out;
    if (typed.exact) {
      out.all = with(word, End::open);
    } else {
      out.all = may_have(typed);
      out.unsure = out.all;
      // It begins a word of a short text, of a long one it is too long.
      if (typed.segments.size() == 1 && typed.segments.front() == word && begins_word(word, 0) && !word_at(word, 0, false).cut)
        out.unsure.subtract(with(word, End::open));
    }
    Bitmap more = with_more_;
    more.subtract(out.all);
    out.all.unite(more);
    out.unsure.unite(more);
    return out;
  }

  // Each part is there, whether one after the other or not.
  Bitmap may_have(const Typed& typed) {
    std::optional<Bitmap> set;
    for (std::size_t i = 0; i < typed.segments.size() && !(set && set->empty()); ++i) {
      auto part = may_have(typed.segments[i], i + 1 == typed.segments.size() ? End::open : End::closed);
      if (!part) continue;
      if (set) {
        set->intersect(*part);
      } else {
        set = std::move(part);
      }
    }
    return set ? std::move(*set) : scan_type(reader_, type_);
  }

  // Nothing: it has no beginning of a word, and so says nothing.
  std::optional<Bitmap> may_have(std::string_view segment, End end) {
    std::size_t at = 0;
    while (at < segment.size() && !begins_word(segment, at)) ++at;
    if (at == segment.size()) return std::nullopt;
    const Word of_short = word_at(segment, at, false), of_long = word_at(segment, at, true);
    Bitmap set = with(of_short, end);
    if (of_long.text == of_short.text) return set;
    Bitmap rest = with(of_long, end);
    std::size_t look_ups = 1;
    for (++at; at < segment.size() && look_ups < kMostLookUps && !rest.empty(); ++at) {
      if (!begins_word(segment, at)) continue;
      rest.intersect(with(word_at(segment, at, true), end));
      ++look_ups;
    }
    set.unite(rest);
    return set;
  }

  database::Connection& reader_;
  const std::uint8_t type_;
  const std::vector<std::uint32_t> numbers_;
  Bitmap with_more_;  // who has more words than the index
};

std::optional<std::int64_t> count_asked(WordFinder& finder, const WordsAsked& asked, std::int64_t most) {
  if (asked.is == WordsAsked::Is::word)
    return read_typed(asked.word).exact ? std::optional(finder.count(asked.word, most)) : std::nullopt;
  std::int64_t rows = asked.is == WordsAsked::Is::any ? 0 : most;
  for (const WordsAsked& part : asked.parts) {
    const auto of_part = count_asked(finder, part, most);
    if (!of_part) return std::nullopt;
    rows = asked.is == WordsAsked::Is::any ? rows + *of_part : std::min(rows, *of_part);
  }
  return rows;
}

}  // namespace

WordsFound find_words(database::Connection& reader, std::uint8_t type, const Condition& condition) {
  WordFinder finder(reader, type, condition.about);
  WordsFound out;
  for (const WordsAsked& asked : words_asked(condition)) WordFinder::unite(out, finder.find(asked));
  return out;
}

std::optional<std::int64_t> count_words(database::Connection& reader, std::uint8_t type, const Condition& condition,
                                        std::int64_t most) {
  WordFinder finder(reader, type, condition.about);
  std::int64_t rows = 0;
  for (const WordsAsked& asked : words_asked(condition)) {
    const auto more = count_asked(finder, asked, most);
    if (!more) return std::nullopt;
    rows += *more;
  }
  return rows;
}

std::optional<std::vector<Stretch>> word_stretches(database::Connection& reader, std::uint8_t type,
                                                   const Condition& condition) {
  return WordFinder(reader, type, condition.about).stretches(words_asked(condition));
}

std::vector<std::uint32_t> word_rows(std::uint8_t type, Condition::About about) {
  static const std::uint32_t content = parameter_number("_content"), narrative = parameter_number("_text");
  std::vector<std::uint32_t> out{row_number(type, narrative)};
  if (about == Condition::About::content) out.push_back(row_number(type, content));
  return out;
}

}  // namespace yilian::records
