#include "engine/records/search/words.h"

#include <algorithm>

#include "engine/records/search/concept_text.h"
#include "engine/records/search/verify.h"
#include "engine/text/fold.h"

namespace yilian::records {
namespace {

using fhir::Json;

void gather(const Json& value, std::string& out) {
  if (value.is_object()) {
    for (const fhir::Member& member : value.members()) gather(member.value, out);
  } else if (value.is_array()) {
    for (const Json& item : value.items()) gather(item, out);
  } else {
    out.append(value.text()).append("\n");
  }
}

// A narrative without its tags.
void gather_narrative(std::string_view div, std::string& out) {
  bool within = false;
  for (const char c : div) {
    if (c == '<') within = true;
    if (!within) out += c;
    if (c == '>') {
      within = false;
      out += ' ';
    }
  }
}

// Any of `ways`, all of `parts`, or a word.
struct Wanted {
  enum class Is : std::uint8_t { word, all, any } is = Is::word;
  std::string word{};
  std::vector<Wanted> parts{};
};

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  std::optional<Wanted> run() {
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

  static Wanted together(Wanted::Is is, std::vector<Wanted>&& parts) {
    if (parts.size() == 1) return std::move(parts.front());
    return {is, {}, std::move(parts)};
  }

  std::optional<Wanted> read_any(int depth) {
    std::vector<Wanted> ways;
    do {
      auto all = read_all(depth);
      if (!all) return std::nullopt;
      ways.push_back(std::move(*all));
    } while (take_word("OR"));
    return together(Wanted::Is::any, std::move(ways));
  }

  std::optional<Wanted> read_all(int depth) {
    std::vector<Wanted> parts;
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
    return together(Wanted::Is::all, std::move(parts));
  }

  std::optional<Wanted> read_one(int depth) {
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
    return Wanted{Wanted::Is::word, std::move(folded), {}};
  }

  std::string_view rest_;
};

bool is_there(const Wanted& wanted, std::string_view folded) {
  const auto there = [&](const Wanted& part) { return is_there(part, folded); };
  if (wanted.is == Wanted::Is::any) return std::any_of(wanted.parts.begin(), wanted.parts.end(), there);
  if (wanted.is == Wanted::Is::all) return std::all_of(wanted.parts.begin(), wanted.parts.end(), there);
  return concept_text_matches(folded, wanted.word);
}

}  // namespace

Result<void> check_words(std::string_view text, const std::string& name) {
  if (Reader(text).run()) return {};
  return fail(Code::bad_value, "'" + std::string(text) + "' is no search for words", name,
              "Write like: (bone OR liver) metastases");
}

Result<void> keep_with_words(database::Connection& reader, const Condition& condition, Bitmap& candidates) {
  std::vector<Wanted> any_of;
  for (const Alternative& asked : condition.any_of) {
    if (auto wanted = Reader(asked.text).run()) any_of.push_back(std::move(*wanted));
  }
  const bool narrative = condition.about == Condition::About::narrative;
  return look_at_each(reader, candidates, narrative ? "_text" : "_content", [&](const Json& content) {
    std::string all;
    const Json* text = content.find("text");
    if (text != nullptr) gather_narrative(text->text_at("div"), all);
    if (!narrative) gather(content, all);
    const std::string folded = text::fold(all);
    return std::any_of(any_of.begin(), any_of.end(), [&](const Wanted& wanted) { return is_there(wanted, folded); });
  });
}

}  // namespace yilian::records
