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

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

}  // namespace

Result<void> keep_with_words(database::Connection& reader, const Condition& condition, Bitmap& candidates) {
  std::vector<std::vector<std::string>> any_of;
  for (const Alternative& asked : condition.any_of) any_of.push_back(words_of(asked.text));
  const bool narrative = condition.about == Condition::About::narrative;
  return look_at_each(reader, candidates, narrative ? "_text" : "_content", [&](const Json& content) {
    std::string all;
    const Json* text = content.find("text");
    if (text != nullptr) gather_narrative(text->text_at("div"), all);
    if (!narrative) gather(content, all);
    const std::string folded = text::fold(all);
    return std::any_of(any_of.begin(), any_of.end(), [&](const std::vector<std::string>& words) {
      return std::all_of(words.begin(), words.end(),
                         [&](const std::string& word) { return concept_text_matches(folded, word); });
    });
  });
}

}  // namespace yilian::records
