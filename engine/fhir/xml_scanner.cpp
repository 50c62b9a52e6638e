#include "engine/fhir/xml_scanner.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "engine/fhir/json_scan.h"

namespace yilian::fhir {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' || static_cast<unsigned char>(c) >= 0x80;
}
bool in_name(char c) { return starts_name(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; }
bool is_character(std::uint32_t code) {
  if (code < 0x20) return code == 0x9 || code == 0xA || code == 0xD;
  return code < 0xD800 || (code > 0xDFFF && code < 0xFFFE) || (code > 0xFFFF && code <= 0x10FFFF);
}

// utf-8 in an XML declaration, or no encoding at all.
bool says_utf8(std::string_view declaration) {
  const std::size_t at = declaration.find("encoding");
  if (at == std::string_view::npos) return true;
  std::string value;
  for (const char c : declaration.substr(at + 8)) {
    if (c == '\'' || c == '"') {
      if (!value.empty()) break;
    } else if (!is_space(c) && c != '=') {
      value.push_back(static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c));
    }
  }
  return value == "utf-8" || value == "us-ascii";
}

}  // namespace

std::size_t bad_xml_character(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c < 0x80) {
      if (c < 0x20 && !is_space(text[at])) return at;
      ++at;
      continue;
    }
    char four[5] = {};  // with zeros behind a text that is cut short
    std::memcpy(four, text.data() + at, std::min<std::size_t>(4, text.size() - at));
    const std::size_t length = utf8_length(four);
    const std::string_view character(four, length);
    if (length == 0 || character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF") return at;
    at += length;
  }
  return std::string_view::npos;
}

XmlScanner::Event XmlScanner::fail(Code code, std::string_view what) {
  error_ = Issue{code, Severity::error, "byte " + std::to_string(at_ - begin_), std::string(what), {}};
  return Event::failed;
}

bool XmlScanner::looking_at(std::string_view text) const {
  return static_cast<std::size_t>(end_ - at_) >= text.size() && std::string_view(at_, text.size()) == text;
}

void XmlScanner::skip_space() {
  while (at_ < end_ && is_space(*at_)) ++at_;
}

std::string_view XmlScanner::read_name() {
  char* const begin = at_;
  if (at_ < end_ && starts_name(*at_)) {
    while (at_ < end_ && in_name(*at_)) ++at_;
  }
  return {begin, static_cast<std::size_t>(at_ - begin)};
}

bool XmlScanner::skip_to(std::string_view end, std::string_view what) {
  const std::size_t found = std::string_view(at_, static_cast<std::size_t>(end_ - at_)).find(end);
  if (found == std::string_view::npos) {
    fail(Code::bad_syntax, what);
    return false;
  }
  at_ += found + end.size();
  return true;
}

bool XmlScanner::prolog() {
  begun_ = true;
  if (!looking_at("<?xml") || !is_space(at_[5])) return true;
  const char* const begin = at_;
  if (!skip_to("?>", "The XML declaration does not end")) return false;
  if (says_utf8({begin, static_cast<std::size_t>(at_ - begin)})) return true;
  fail(Code::bad_encoding, "Only UTF-8 is taken");
  return false;
}

XmlScanner::Event XmlScanner::next() {
  if (ends_at_once_) {
    ends_at_once_ = false;
    open_.pop_back();
    return Event::end;
  }
  if (!begun_ && !prolog()) return Event::failed;
  while (at_ < end_) {
    if (*at_ != '<' || looking_at("<![CDATA[")) return text();
    if (looking_at("<!--")) {
      at_ += 4;
      if (!skip_to("--", "A comment does not end")) return Event::failed;
      if (at_ == end_ || *at_ != '>') return fail(Code::bad_syntax, "Two hyphens within a comment");
      ++at_;
    } else if (looking_at("<?")) {
      at_ += 2;
      if (read_name().empty()) return fail(Code::bad_syntax, "A processing instruction without a name");
      if (!skip_to("?>", "A processing instruction does not end")) return Event::failed;
    } else if (looking_at("<!")) {
      return fail(Code::bad_syntax, "A DOCTYPE is not taken");
    } else {
      return looking_at("</") ? end_tag() : start_tag();
    }
  }
  if (!open_.empty()) return fail(Code::bad_syntax, "<" + std::string(open_.back()) + "> does not end");
  return Event::done;
}

XmlScanner::Event XmlScanner::start_tag() {
  tag_ = at_++;
  name_ = read_name();
  if (name_.empty()) return fail(Code::bad_syntax, "A tag without a name");
  if (open_.size() >= depth_) {
    return fail(Code::too_deep, "XML nested deeper than " + std::to_string(depth_) + " levels");
  }
  attributes_.clear();
  const bool keep = keep_;
  keep_ = keep || name_ == kept_;
  for (;;) {
    const bool space = at_ < end_ && is_space(*at_);
    skip_space();
    if (looking_at("/>")) {
      at_ += 2;
      ends_at_once_ = true;
      break;
    }
    if (looking_at(">")) {
      ++at_;
      break;
    }
    if (!space) return fail(Code::bad_syntax, "A character that cannot stand in a tag");
    if (!attribute()) return Event::failed;
  }
  keep_ = keep;
  open_.push_back(name_);
  return Event::start;
}

bool XmlScanner::attribute() {
  const auto wrong = [this](std::string_view what) {
    fail(Code::bad_syntax, what);
    return false;
  };
  constexpr std::size_t kMost = 100;
  const std::string_view name = read_name();
  if (name.empty()) return wrong("A character that cannot stand in a tag");
  if (attributes_.size() >= kMost) return wrong("Too many attributes");
  if (std::ranges::find(attributes_, name, &Attribute::name) != attributes_.end()) return wrong("An attribute is given twice");
  skip_space();
  if (!looking_at("=")) return wrong("An attribute without a value");
  ++at_;
  skip_space();
  if (at_ == end_ || (*at_ != '"' && *at_ != '\'')) return wrong("The value of an attribute is not in quotes");
  const char quote = *at_++;
  char* const begin = at_;
  char* to = at_;
  while (at_ < end_ && *at_ != quote) {
    if (*at_ == '<') return wrong("'<' within the value of an attribute");
    if (*at_ == '&') {
      if (!reference(to)) return false;
      continue;
    }
    char c = *at_++;
    if (c == '\r' && at_ < end_ && *at_ == '\n') ++at_;  // one line end (section 2.11), one space (3.3.3)
    if (keep_) continue;
    *to++ = is_space(c) ? ' ' : c;
  }
  if (at_ == end_) return wrong("The value of an attribute does not end");
  attributes_.push_back({name, {begin, static_cast<std::size_t>((keep_ ? at_ : to) - begin)}});
  ++at_;
  return true;
}

// "&amp;", "&#160;", "&#xA0;": decoded to `to`, which is never behind it.
bool XmlScanner::reference(char*& to) {
  static constexpr std::pair<std::string_view, char> kKnown[] = {
      {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
  const std::string_view rest(at_ + 1, std::min<std::size_t>(static_cast<std::size_t>(end_ - at_ - 1), 12));
  const std::size_t size = rest.find(';');
  const std::string_view body = rest.substr(0, size);
  std::uint32_t code = 0;
  if (size != std::string_view::npos && body.starts_with('#')) {
    const bool hex = body.starts_with("#x");
    const std::string_view digits = body.substr(hex ? 2 : 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
    if (error != std::errc() || end != digits.data() + digits.size() || !is_character(code)) code = 0;
  } else if (size != std::string_view::npos) {
    for (const auto& [name, character] : kKnown) {
      if (name == body) code = static_cast<std::uint32_t>(character);
    }
  }
  if (code == 0) {
    fail(Code::bad_syntax, "'&' begins no reference to a character that XML knows");
    return false;
  }
  at_ += body.size() + 2;
  if (!keep_) to = put_utf8(to, code);
  return true;
}

XmlScanner::Event XmlScanner::end_tag() {
  at_ += 2;
  const std::string_view name = read_name();
  skip_space();
  if (!looking_at(">")) return fail(Code::bad_syntax, "An end tag does not end");
  if (open_.empty() || open_.back() != name) {
    return fail(Code::bad_syntax, "</" + std::string(name.substr(0, 64)) + "> ends no element that is open");
  }
  ++at_;
  open_.pop_back();
  return Event::end;
}

// A text is not kept, as no element of FHIR has one but those of the narrative; it only has to be right.
XmlScanner::Event XmlScanner::text() {
  blank_ = true;
  if (looking_at("<![CDATA[")) {
    at_ += 9;
    blank_ = false;
    if (!skip_to("]]>", "A CDATA section does not end")) return Event::failed;
  }
  const bool keep = std::exchange(keep_, true);
  while (at_ < end_ && *at_ != '<') {
    if (*at_ == '&') {
      char* unused = at_;
      blank_ = false;
      if (!reference(unused)) return Event::failed;
      continue;
    }
    if (looking_at("]]>")) return fail(Code::bad_syntax, "']]>' outside of a CDATA section");
    if (!is_space(*at_)) blank_ = false;
    ++at_;
  }
  keep_ = keep;
  if (open_.empty() && !blank_) return fail(Code::bad_syntax, "Text outside of the one element");
  return Event::text;
}

std::string_view XmlScanner::rest_of_element() {
  char* const begin = tag_;
  const std::size_t level = open_.size();
  keep_ = true;
  Event event = Event::start;
  while (open_.size() >= level && event != Event::failed && event != Event::done) event = next();
  keep_ = false;
  if (event == Event::failed || event == Event::done) return {};
  return {begin, static_cast<std::size_t>(at_ - begin)};
}

}  // namespace yilian::fhir
