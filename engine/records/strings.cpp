#include "engine/records/strings.h"

#include <array>

#include "engine/text/fold.h"

namespace yilian::records {
namespace {

using fhir::Json;

constexpr std::size_t kMostSuffixes = 24;  // of a Chinese text; a hospital's full name has about as many characters

constexpr std::array<std::string_view, 5> kNameParts{"text", "family", "given", "prefix", "suffix"};
constexpr std::array<std::string_view, 7> kAddressParts{"text",  "line",       "city",   "district",
                                                        "state", "postalCode", "country"};

std::size_t character_bytes(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

std::string_view cut(std::string_view text) {
  if (text.size() <= kStringBytes) return text;
  std::size_t end = kStringBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

void for_texts(const Json& value, std::string_view member, const auto& visit) {
  const Json* found = value.find(member);
  if (found == nullptr) return;
  if (found->is_array()) {
    for (const Json& item : found->items()) visit(item.text());
  } else {
    visit(found->text());
  }
}

std::string joined(const Json& value, std::string_view member, std::string_view separator) {
  std::string out;
  for_texts(value, member, [&](std::string_view text) {
    if (!out.empty()) out += separator;
    out += text;
  });
  return out;
}

class Strings {
 public:
  explicit Strings(const std::function<void(std::string_view)>& visit, bool whole = false)
      : visit_(visit), whole_(whole) {}
  bool complete() const { return complete_; }

  void add(std::string_view text, bool is_name) {
    if (text.empty()) return;
    const std::string whole = text::fold(text);
    const std::string_view folded = whole;
    if (whole_) return visit_(folded);
    if (text::has_chinese(text)) {
      const text::Pinyin pinyin = text::pinyin(text, is_name);
      put(pinyin.full);
      put(pinyin.initials);
      // From each character on: a part of a Chinese text has no blank before it by which it could be found.
      std::size_t at = 0;
      for (std::size_t i = 0; i < kMostSuffixes && at < folded.size(); ++i) {
        put(folded.substr(at));
        at += character_bytes(folded[at]);
      }
      if (at < folded.size()) complete_ = false;
    } else {
      if (folded.find_first_of("'-") != std::string_view::npos) put(without_marks(folded));
      // Each word, as "de la Cruz" is looked for as "cruz", and the text from there on.
      std::size_t at = 0;
      for (std::size_t i = 0; i < kMostSuffixes && at != std::string::npos; ++i) {
        put(folded.substr(at));
        at = folded.find(' ', at);
        if (at != std::string::npos) ++at;
      }
      if (at != std::string::npos) complete_ = false;
    }
  }

 private:
  void put(std::string_view text) {
    if (text.empty()) return;
    if (text.size() > kStringBytes) complete_ = false;
    visit_(cut(text));
  }
  const std::function<void(std::string_view)>& visit_;
  const bool whole_;
  bool complete_ = true;
};

void add_human_name(Strings& out, std::string_view code, const Json& value) {
  const std::string family(value.text_at("family"));
  if (code == "family") return out.add(family, true);
  if (code == "given") {
    for_texts(value, "given", [&](std::string_view text) { out.add(text, false); });
    return;
  }
  for (const std::string_view part : kNameParts) {
    for_texts(value, part, [&](std::string_view text) { out.add(text, part == "text"); });
  }
  if (family.empty()) return;
  if (text::has_chinese(family)) {
    out.add(family + joined(value, "given", ""), true);
  } else if (const std::string given = joined(value, "given", " "); !given.empty()) {
    out.add(family + " " + given, false);
    out.add(given + " " + family, false);
  }
}

}  // namespace

std::string without_marks(std::string_view folded) {
  std::string out;
  for (const char c : folded) {
    if (c == '-') {
      out += ' ';
    } else if (c != '\'') {
      out += c;
    }
  }
  return out;
}

std::string string_key(std::string_view text) {
  std::string folded = text::fold(text);
  folded.resize(cut(folded).size());
  return folded;
}

namespace {

void add_strings(Strings& out, const fhir::Type& type, std::string_view code, const Json& value) {
  if (type.name == "HumanName") {
    add_human_name(out, code, value);
  } else if (type.name == "Address") {
    for (const std::string_view part : kAddressParts) {
      for_texts(value, part, [&](std::string_view text) { out.add(text, false); });
    }
  } else if (type.kind == fhir::Type::Kind::primitive) {
    // `family` and `given` are parts of a person's name already; other names are those of places and things.
    out.add(value.text(), code == "family");
  }
}

}  // namespace

bool search_strings(const fhir::Type& type, std::string_view code, const Json& value,
                    const std::function<void(std::string_view)>& visit) {
  Strings out(visit);
  add_strings(out, type, code, value);
  return out.complete();
}

void whole_strings(const fhir::Type& type, std::string_view code, const Json& value,
                   const std::function<void(std::string_view)>& visit) {
  Strings out(visit, true);
  add_strings(out, type, code, value);
}

std::string sort_string(const fhir::Type& type, std::string_view code, const Json& value) {
  std::string text;
  if (type.name == "HumanName") {
    const std::string_view family = value.text_at("family");
    text = family;
    if (!text::has_chinese(family) && !text.empty()) text += ' ';
    text += joined(value, "given", " ");
    if (text.empty() || text == " ") text = value.text_at("text");
  } else {
    text = value.is_object() ? value.text_at("text") : value.text();
  }
  if (text::has_chinese(text)) return text::pinyin(text, type.name == "HumanName" || code == "family").full;
  return string_key(text);
}

void exact_strings(const fhir::Type& type, const Json& value, std::vector<std::string>& out) {
  const auto add = [&](std::string_view text) { out.emplace_back(text); };
  if (type.name == "HumanName") {
    for (const std::string_view part : kNameParts) for_texts(value, part, add);
    const std::string family(value.text_at("family"));
    if (text::has_chinese(family)) out.push_back(family + joined(value, "given", ""));
  } else if (type.name == "Address") {
    for (const std::string_view part : kAddressParts) for_texts(value, part, add);
  } else {
    add(value.text());
  }
}

}  // namespace yilian::records
