// FHIRPath 2.0, 5.6: texts. Positions and lengths count characters.

#include <algorithm>
#include <string>

#include "engine/fhirpath/function.h"
#include "engine/fhirpath/run.h"
#include "engine/fhirpath/text_codec.h"

namespace yilian::fhirpath {
namespace {

// The input and one or two arguments as texts; false: one is empty, or the call has failed.
bool texts(Call& call, std::string_view& text, std::string_view* first = nullptr, std::string_view* second = nullptr) {
  if (!call.run.single_text(call.step, call.input, text)) return false;
  if (first && !call.run.single_text(call.step, call.argument(0), *first)) return false;
  // At worst each byte of the text is held against each of what is looked for.
  if (!call.run.spend(text.size() / 64 * (1 + (first ? first->size() / 64 : 0)))) return false;
  return !second || call.run.single_text(call.step, call.argument(1), *second);
}

bool is_character_start(char c) { return (c & 0xC0) != 0x80; }
std::int64_t characters(std::string_view text) { return std::ranges::count_if(text, is_character_start); }

// The byte at which a character begins; the size of the text for one behind its end.
std::size_t byte_of(std::string_view text, std::int64_t character) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (is_character_start(text[at]) && character-- == 0) break;
  }
  return at;
}

Collection position(Call& call, std::size_t (*find)(std::string_view, std::string_view)) {
  std::string_view text, wanted;
  if (!texts(call, text, &wanted)) return {};
  const std::size_t at = find(text, wanted);
  return call.run.integer(at == std::string_view::npos ? -1 : characters(text.substr(0, at)));
}
Collection index_of(Call& call) {
  return position(call, [](std::string_view text, std::string_view wanted) { return text.find(wanted); });
}
Collection last_index_of(Call& call) {
  return position(call, [](std::string_view text, std::string_view wanted) { return text.rfind(wanted); });
}

Collection substring(Call& call) {
  std::string_view text;
  std::int64_t start = 0, length = 0;
  if (!texts(call, text) || !call.run.single_integer(call.step, call.argument(0), start)) return {};
  if (start < 0) return {};
  const std::size_t begin = byte_of(text, start);
  if (begin >= text.size()) return {};
  text.remove_prefix(begin);
  if (call.has(1) && call.run.single_integer(call.step, call.argument(1), length)) {
    text = text.substr(0, length <= 0 ? 0 : byte_of(text, length));
  }
  return call.run.failed() ? Collection() : call.run.view(text);
}

Collection starts_with(Call& call) {
  std::string_view text, wanted;
  return texts(call, text, &wanted) ? call.run.one(text.starts_with(wanted)) : Collection();
}
Collection ends_with(Call& call) {
  std::string_view text, wanted;
  return texts(call, text, &wanted) ? call.run.one(text.ends_with(wanted)) : Collection();
}
Collection contains(Call& call) {
  std::string_view text, wanted;
  return texts(call, text, &wanted) ? call.run.one(text.find(wanted) != std::string_view::npos) : Collection();
}

// ASCII alone: what another letter is in upper case depends on the language.
Collection changed(Call& call, char from, char to, int by) {
  std::string_view text;
  if (!texts(call, text)) return {};
  std::string made(text);
  for (char& c : made) {
    if (c >= from && c <= to) c = static_cast<char>(c + by);
  }
  return call.run.text(call.step, made);
}
Collection upper(Call& call) { return changed(call, 'a', 'z', 'A' - 'a'); }
Collection lower(Call& call) { return changed(call, 'A', 'Z', 'a' - 'A'); }

Collection length(Call& call) {
  std::string_view text;
  return texts(call, text) ? call.run.integer(characters(text)) : Collection();
}

Collection to_chars(Call& call) {
  std::string_view text;
  if (!texts(call, text)) return {};
  Collector out(call.run);
  for (std::size_t begin = 0; begin < text.size() && call.run.spend(1);) {
    std::size_t end = begin + 1;
    while (end < text.size() && !is_character_start(text[end])) ++end;
    out.add(Item::of_text(text.substr(begin, end - begin)));
    begin = end;
  }
  return out.done();
}

// An empty pattern stands before each character, and at the end.
std::string replaced(std::string_view text, std::string_view pattern, std::string_view by, std::size_t most) {
  std::string made;
  std::size_t at = 0;
  while (made.size() <= most) {
    if (pattern.empty()) {
      made += by;
      if (at == text.size()) break;
      const std::size_t next = at + byte_of(text.substr(at), 1);
      made += text.substr(at, next - at);
      at = next;
      continue;
    }
    const std::size_t found = text.find(pattern, at);
    made += text.substr(at, found - at);
    if (found == std::string_view::npos) break;
    made += by;
    at = found + pattern.size();
  }
  return made;
}

Collection replace(Call& call) {
  std::string_view text, pattern, by;
  if (!texts(call, text, &pattern, &by)) return {};
  return call.run.text(call.step, replaced(text, pattern, by, call.run.context().limits.text_bytes));
}

Collection trim(Call& call) {
  std::string_view text;
  if (!texts(call, text)) return {};
  constexpr std::string_view blanks = " \t\r\n\f\v";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return call.run.view("");
  return call.run.view(text.substr(begin, text.find_last_not_of(blanks) - begin + 1));
}

Collection split(Call& call) {
  std::string_view text, mark;
  if (!texts(call, text, &mark)) return {};
  if (mark.empty()) return to_chars(call);
  Collector out(call.run);
  while (call.run.spend(1)) {
    const std::size_t end = text.find(mark);
    out.add(Item::of_text(text.substr(0, end)));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + mark.size());
  }
  return out.done();
}

Collection join(Call& call) {
  std::string_view mark;
  if (call.has(0) && !call.run.single_text(call.step, call.argument(0), mark) && call.run.failed()) return {};
  std::string made;
  bool any = false;
  for (const Item& item : call.input) {
    std::string_view text;
    if (!call.run.single_text(call.step, {&item, 1}, text)) continue;
    if (any) made += mark;
    any = true;
    made += text;
    if (made.size() > call.run.context().limits.text_bytes) break;
  }
  return any ? call.run.text(call.step, made) : Collection();
}

Collection coded(Call& call, std::optional<std::string> (*change)(std::string_view, std::string_view, bool&)) {
  std::string_view text, form;
  if (!texts(call, text, &form)) return {};
  bool known = true;
  const auto made = change(text, form, known);
  if (!known) return call.fail("'" + std::string(form.substr(0, 40)) + "' is no form of text known here");
  return made ? call.run.text(call.step, *made) : Collection();
}
Collection encode(Call& call) { return coded(call, encoded_text); }
Collection decode(Call& call) { return coded(call, decoded_text); }
Collection escape(Call& call) { return coded(call, escaped_text); }
Collection unescape(Call& call) { return coded(call, unescaped_text); }

constexpr Function kFunctions[]{
    {"indexOf", 1, 1, Gives::integer, kNever, false, index_of},
    {"lastIndexOf", 1, 1, Gives::integer, kNever, false, last_index_of},
    {"substring", 1, 2, Gives::string, kNever, false, substring},
    {"startsWith", 1, 1, Gives::boolean, kNever, false, starts_with},
    {"endsWith", 1, 1, Gives::boolean, kNever, false, ends_with},
    {"contains", 1, 1, Gives::boolean, kNever, false, contains},
    {"upper", 0, 0, Gives::string, kNever, false, upper},
    {"lower", 0, 0, Gives::string, kNever, false, lower},
    {"length", 0, 0, Gives::integer, kNever, false, length},
    {"toChars", 0, 0, Gives::string, kNever, false, to_chars},
    {"replace", 2, 2, Gives::string, kNever, false, replace},
    {"trim", 0, 0, Gives::string, kNever, false, trim},
    {"split", 1, 1, Gives::string, kNever, false, split},
    {"join", 0, 1, Gives::string, kNever, false, join},
    {"encode", 1, 1, Gives::string, kNever, false, encode},
    {"decode", 1, 1, Gives::string, kNever, false, decode},
    {"escape", 1, 1, Gives::string, kNever, false, escape},
    {"unescape", 1, 1, Gives::string, kNever, false, unescape},
};

}  // namespace

std::span<const Function> string_functions() { return kFunctions; }

}  // namespace yilian::fhirpath
