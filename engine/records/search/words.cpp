#include "engine/records/search/words.h"

#include <algorithm>

#include "engine/records/search/concept_text.h"
#include "engine/records/search/verify.h"
#include "engine/records/texts.h"
#include "engine/text/fold.h"

namespace yilian::records {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  std::optional<WordsAsked> run() {
    auto all = read_any(0);
    skip_blanks();
    return rest_.empty() ? std::move(all) : std::nullopt;
  }

 private:
  static constexpr int kDeepest = 16;

  void skip_blanks() {
    while (rest_.starts_with(" ")) rest_.remove_prefix(1);
  }
  bool take(std::string_view text) {
    skip_blanks();
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  bool take_word(std::string_view word) {
    skip_blanks();
    if (!rest_.starts_with(word) || (rest_.size() > word.size() && rest_[word.size()] != ' ' && rest_[word.size()] != '('))
      return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  static WordsAsked together(WordsAsked::Is is, std::vector<WordsAsked>&& parts) {
    if (parts.size() == 1) return std::move(parts.front());
    return {is, {}, std::move(parts)};
  }

  std::optional<WordsAsked> read_any(int depth) {
    std::vector<WordsAsked> ways;
    do {
      auto all = read_all(depth);
      if (!all) return std::nullopt;
      ways.push_back(std::move(*all));
    } while (take_word("OR"));
    return together(WordsAsked::Is::any, std::move(ways));
  }

  std::optional<WordsAsked> read_all(int depth) {
    std::vector<WordsAsked> parts;
    while (true) {
      skip_blanks();
      const bool ends = rest_.empty() || rest_.front() == ')' || rest_.starts_with("OR ") || rest_.starts_with("OR(");
      if (ends) break;
      auto one = read_one(depth);
      if (!one) return std::nullopt;
      parts.push_back(std::move(*one));
      while (take_word("AND") || take_word("and")) {
      }
    }
    if (parts.empty()) return std::nullopt;
    return together(WordsAsked::Is::all, std::move(parts));
  }

  std::optional<WordsAsked> read_one(int depth) {
    if (take("(")) {
      auto inner = depth < kDeepest ? read_any(depth + 1) : std::nullopt;
      return inner && take(")") ? std::move(inner) : std::nullopt;
    }
    std::size_t end = 0;
    std::string_view word;
    if (rest_.front() == '"') {
      end = rest_.find('"', 1);
      if (end == std::string_view::npos) return std::nullopt;
      word = rest_.substr(1, end - 1);
      ++end;
    } else {
      end = std::min(rest_.find_first_of(" ()"), rest_.size());
      word = rest_.substr(0, end);
    }
    rest_.remove_prefix(end);
    std::string folded = text::fold(word);
    if (folded.empty()) return std::nullopt;
    return WordsAsked{WordsAsked::Is::word, std::move(folded), {}};
  }

  std::string_view rest_;
};

// Which words a body has, looked for in one of its texts after the other.
class Looked {
 public:
  explicit Looked(const std::vector<WordsAsked>& any_of) : any_of_(any_of) {
    for (const WordsAsked& asked : any_of) gather(asked);
  }

  // Whether it has what is asked.
  bool operator()(const fhir::Type& type, const fhir::Json& content, bool narrative) {
    for (Word& word : words_) word.there = false;
    std::size_t missing = words_.size();
    for_texts(type, content, [&](std::string_view text, bool of_narrative) {
      if (missing == 0 || (narrative && !of_narrative)) return;
      const std::string folded = text::fold(text);
      for (Word& word : words_) {
        if (word.there || !concept_text_matches(folded, *word.text)) continue;
        word.there = true;
        --missing;
      }
    });
    next_ = 0;
    bool found = false;
    for (const WordsAsked& asked : any_of_) found = is_there(asked) || found;
    return found;
  }

 private:
  struct Word {
    const std::string* text;
    bool there = false;
  };
  void gather(const WordsAsked& asked) {
    if (asked.is == WordsAsked::Is::word) words_.push_back({&asked.word});
    for (const WordsAsked& part : asked.parts) gather(part);
  }
  // In the order of gather().
  bool is_there(const WordsAsked& asked) {
    if (asked.is == WordsAsked::Is::word) return words_[next_++].there;
    const bool any = asked.is == WordsAsked::Is::any;
    bool found = !any;
    for (const WordsAsked& part : asked.parts) found = any ? is_there(part) || found : is_there(part) && found;
    return found;
  }

  const std::vector<WordsAsked>& any_of_;
  std::vector<Word> words_;
  std::size_t next_ = 0;
};

std::size_t count_of(const WordsAsked& asked) {
  std::size_t words = asked.is == WordsAsked::Is::word ? 1 : 0;
  for (const WordsAsked& part : asked.parts) words += count_of(part);
  return words;
}

}  // namespace

Result<void> check_words(std::string_view text, const std::string& name) {
  if (Reader(text).run()) return {};
  return fail(Code::bad_value, "'" + std::string(text) + "' is no search for words", name,
              "Write like: (bone OR liver) metastases");
}

std::vector<WordsAsked> words_asked(const Condition& condition) {
  std::vector<WordsAsked> any_of;
  for (const Alternative& asked : condition.any_of) {
    if (auto read = Reader(asked.text).run()) any_of.push_back(std::move(*read));
  }
  return any_of;
}

std::size_t count_of_words(const Condition& condition) {
  std::size_t words = 0;
  for (const WordsAsked& asked : words_asked(condition)) words += count_of(asked);
  return words;
}

Result<void> keep_with_words(database::Connection& reader, const Plan& plan, const Condition& condition,
                             Bitmap& candidates) {
  const std::vector<WordsAsked> any_of = words_asked(condition);
  const bool narrative = condition.about == Condition::About::narrative;
  const fhir::Type& type = *fhir::resource_type(plan.name);
  Looked looked(any_of);
  return look_at_each(reader, candidates, narrative ? "_text" : "_content",
                      [&](const fhir::Json& content) { return looked(type, content, narrative); });
}

}  // namespace yilian::records
