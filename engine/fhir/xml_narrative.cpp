#include "engine/fhir/xml_narrative.h"

#include <algorithm>
#include <array>

#include "engine/fhir/xml_names.h"
#include "engine/fhir/xml_scanner.h"

namespace yilian::fhir {
namespace {

// HTML's names of the characters from 160 on.
constexpr std::array<std::string_view, 96> kLatin{
    "nbsp",   "iexcl",  "cent",   "pound",  "curren", "yen",    "brvbar", "sect",   "uml",    "copy",   "ordf",   "laquo",
    "not",    "shy",    "reg",    "macr",   "deg",    "plusmn", "sup2",   "sup3",   "acute",  "micro",  "para",   "middot",
    "cedil",  "sup1",   "ordm",   "raquo",  "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc",  "Atilde",
    "Auml",   "Aring",  "AElig",  "Ccedil", "Egrave", "Eacute", "Ecirc",  "Euml",   "Igrave", "Iacute", "Icirc",  "Iuml",
    "ETH",    "Ntilde", "Ograve", "Oacute", "Ocirc",  "Otilde", "Ouml",   "times",  "Oslash", "Ugrave", "Uacute", "Ucirc",
    "Uuml",   "Yacute", "THORN",  "szlig",  "agrave", "aacute", "acirc",  "atilde", "auml",   "aring",  "aelig",  "ccedil",
    "egrave", "eacute", "ecirc",  "euml",   "igrave", "iacute", "icirc",  "iuml",   "eth",    "ntilde", "ograve", "oacute",
    "ocirc",  "otilde", "ouml",   "divide", "oslash", "ugrave", "uacute", "ucirc",  "uuml",   "yacute", "thorn",  "yuml"};

void number_entities(std::string& text) {
  constexpr std::size_t kLongest = 8;
  for (std::size_t at = text.find('&'); at != std::string::npos; at = text.find('&', at + 1)) {
    const std::size_t end = text.find(';', at);
    if (end == std::string::npos || end - at > kLongest) continue;
    const char32_t character = latin_character(std::string_view(text).substr(at + 1, end - at - 1));
    if (character != 0) text.replace(at, end - at, "&#" + std::to_string(static_cast<std::uint32_t>(character)));
  }
}

Failure not_xml(std::string_view what) {
  return fail(Code::unsupported, "The narrative is no well-formed XHTML: " + std::string(what), {}, "Ask for JSON");
}

}  // namespace

char32_t latin_character(std::string_view name) {
  const auto* const found = std::ranges::find(kLatin, name);
  return found == kLatin.end() ? 0 : static_cast<char32_t>(160 + (found - kLatin.begin()));
}

Result<void> write_narrative(std::string_view div, std::string& out) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = div.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return not_xml("it is empty");
  std::string text(div.substr(first, div.find_last_not_of(kSpace) + 1 - first));
  if (bad_xml_character(text) != std::string_view::npos) return not_xml("it holds a character that XML does not allow");
  number_entities(text);
  XmlScanner scanner(text.data(), text.data() + text.size(), kDeepest, "div");
  if (scanner.next() != XmlScanner::Event::start || scanner.name() != "div") return not_xml("it begins with no <div>");
  const auto attributes = scanner.attributes();
  const auto space = std::ranges::find(attributes, "xmlns", &XmlScanner::Attribute::name);
  const bool named = space != attributes.end();
  if (named && space->value != kXhtmlNamespace) return not_xml("it is in another namespace");
  if (scanner.rest_of_element().size() != text.size()) {
    return not_xml(scanner.error().what.empty() ? "there is more behind its <div>" : scanner.error().what);
  }
  if (!named) text.insert(4, " xmlns=\"" + std::string(kXhtmlNamespace) + "\"");
  out.append(text);
  return {};
}

}  // namespace yilian::fhir
