#include "engine/hl7v2/header.h"

#include <array>

namespace yilian::hl7v2 {
namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";

std::string shown(std::string_view bytes) {
  std::string out;
  for (const char c : bytes.substr(0, 16)) out += c >= ' ' && c < '\x7f' ? c : '?';
  return out;
}

// Stand for delimiters that a message cannot have, their usual characters being taken: control characters that no text
// holds.
constexpr char kAbsent[] = {'\x1d', '\x1d', '\x1e', '\x1f'};

// Senders that passed MSH-2 through a string literal doubled the escape; those that passed it through XML left "&amp;".
std::string_view repaired(std::string_view declared, const char*& odd) {
  if (declared == "^~\\\\&") {
    odd = "the escape character stands twice; read as ^~\\&";
    return "^~\\&";
  }
  if (declared.size() == 8 && declared.substr(3) == "&amp;") {
    odd = "the ampersand is written &amp;; read as &";
    return declared.substr(0, 4);
  }
  return declared;
}

// Delimiters that MSH-2 leaves out keep their usual character, unless that one is taken.
bool complete(Delimiters& d, std::size_t declared) {
  const std::array<char*, 4> all{&d.component, &d.repetition, &d.escape, &d.subcomponent};
  for (std::size_t i = declared; i < all.size(); ++i) {
    bool taken = *all[i] == d.field;
    for (std::size_t j = 0; j < declared; ++j) taken = taken || *all[i] == *all[j];
    if (taken) *all[i] = kAbsent[i];
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      if (*all[i] == *all[j]) return false;
    }
  }
  return d.truncation == '\0' || (d.truncation != d.component && d.truncation != d.repetition &&
                                  d.truncation != d.escape && d.truncation != d.subcomponent);
}

}  // namespace

std::size_t skip_padding(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    if (is_padding(text[at])) {
      ++at;
    } else if (text.substr(at, kBom.size()) == kBom) {
      at += kBom.size();
    } else {
      break;
    }
  }
  return at;
}

Result<Declared> read_delimiters(std::string_view text, std::size_t at) {
  Declared result;
  Delimiters& d = result.delimiters;
  const std::string id(text.substr(at, 3));
  d.field = text[at + 3];
  std::size_t end = at + 4;
  while (end < text.size() && end - at < 16 && text[end] != d.field && !is_break(text[end])) ++end;
  const std::string_view raw = text.substr(at + 4, end - at - 4);
  const std::string_view declared = repaired(raw, result.odd);
  const std::string cure = "begin the message with MSH|^~\\&|";
  if (declared.empty() || declared.size() > 5) {
    return fail(Code::bad_structure, std::to_string(raw.size()) + " encoding characters instead of 4", id + "-2", cure);
  }
  for (const char c : declared) {
    if (!is_delimiter(c))
      return fail(Code::bad_structure, "'" + shown(raw) + "' are no encoding characters", id + "-2", cure);
  }
  const std::array<char*, 5> all{&d.component, &d.repetition, &d.escape, &d.subcomponent, &d.truncation};
  for (std::size_t i = 0; i < declared.size(); ++i) *all[i] = declared[i];
  if (!complete(d, declared.size() < 4 ? declared.size() : 4)) {
    return fail(Code::bad_structure, "'" + shown(raw) + "' names one character twice", id + "-2", cure);
  }
  if (result.odd == nullptr && declared.size() < 4)
    result.odd = "fewer than four encoding characters; the usual ones are taken for the others";
  result.end = end;
  return result;
}

}  // namespace yilian::hl7v2
