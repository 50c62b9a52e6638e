#include "engine/fhirpath/xhtml.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace yilian::fhirpath {
namespace {

constexpr std::size_t kDeepest = 200;

constexpr std::array<std::string_view, 58> kElements{
    "a",    "abbr",     "acronym", "address", "b",   "bdo",    "big",    "blockquote", "br", "caption", "cite", "code",
    "col",  "colgroup", "dd",      "dfn",     "div", "dl",     "dt",     "em",         "h1", "h2",      "h3",   "h4",
    "h5",   "h6",       "hr",      "i",       "img", "ins",    "kbd",    "li",         "ol", "p",       "pre",  "q",
    "samp", "small",    "span",    "strong",  "sub", "sup",    "table",  "tbody",      "td", "tfoot",   "th",   "thead",
    "tr",   "tt",       "ul",      "var",     "del", "center", "strike", "u",          "s",  "font"};

constexpr std::array<std::string_view, 46> kAttributes{
    "abbr",        "accesskey",   "align",      "alt",   "axis",     "bgcolor", "border", "cellhalign",
    "cellpadding", "cellspacing", "cellvalign", "char",  "charoff",  "charset", "cite",   "class",
    "colspan",     "compact",     "coords",     "dir",   "frame",    "headers", "height", "href",
    "hreflang",    "hspace",      "id",         "lang",  "longdesc", "name",    "nowrap", "rel",
    "rev",         "rowspan",     "rules",      "scope", "shape",    "span",    "src",    "start",
    "style",       "summary",     "tabindex",   "title", "type",     "valign"};

bool is_attribute(std::string_view name) {
  return std::ranges::find(kAttributes, name) != kAttributes.end() || name == "value" || name == "vspace" ||
         name == "width" || name == "xmlns" || name == "xml:lang" || name == "usemap";
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == ':' || c == '.';
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool read() {
    blanks();
    if (!rest_.starts_with("<div")) return false;
    do {
      if (!step()) return false;
    } while (!open_.empty());
    blanks();
    return rest_.empty() && content_;
  }

 private:
  void blanks() {
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
  }
  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  std::string_view name() {
    const auto end = std::ranges::find_if_not(rest_, is_name);
    const std::string_view found = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(found.size());
    return found;
  }
  bool skip_behind(std::string_view end) {
    const std::size_t at = rest_.find(end);
    if (at == std::string_view::npos) return false;
    rest_.remove_prefix(at + end.size());
    return true;
  }

  bool step() {
    if (take("<!--")) return skip_behind("-->");
    if (take("</")) return close();
    if (take("<")) return start();
    return text();
  }

  bool text() {
    const std::size_t end = std::min(rest_.find('<'), rest_.size());
    if (end == rest_.size()) return false;  // something is still open
    const std::string_view part = rest_.substr(0, end);
    if (part.find("]]>") != std::string_view::npos || !entities(part)) return false;
    if (std::ranges::any_of(part, [](char c) { return !is_blank(c); })) content_ = true;
    rest_.remove_prefix(end);
    return true;
  }

  // Of XML and of HTML 4: "&name;", "&#10;", "&#xA;".
  static bool entities(std::string_view text) {
    for (std::size_t at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1)) {
      const std::size_t end = text.find(';', at);
      if (end == std::string_view::npos || end == at + 1 || end - at > 12) return false;
      std::string_view inside = text.substr(at + 1, end - at - 1);
      const bool number = inside.starts_with('#');
      if (number) inside.remove_prefix(1);
      const bool hex = number && inside.starts_with('x');
      if (hex) inside.remove_prefix(1);
      const auto fits = [&](char c) {
        const bool digit = c >= '0' && c <= '9';
        const char lower = static_cast<char>(c | 0x20);
        if (number && !hex) return digit;
        return digit || (lower >= 'a' && lower <= (hex ? 'f' : 'z'));
      };
      if (inside.empty() || !std::ranges::all_of(inside, fits)) return false;
    }
    return true;
  }

  bool close() {
    const std::string_view found = name();
    blanks();
    if (!take(">") || open_.empty() || open_.back() != found) return false;
    open_.pop_back();
    return true;
  }

  bool start() {
    const std::string_view found = name();
    if (std::ranges::find(kElements, found) == kElements.end() || open_.size() >= kDeepest) return false;
    if (found == "img") content_ = true;
    if (!attributes(found)) return false;
    if (take("/>")) return !open_.empty() || found == "div";
    if (!take(">")) return false;
    open_.push_back(found);
    return true;
  }

  bool attributes(std::string_view element) {
    std::vector<std::string_view> seen;
    bool namespaced = false;
    while (!rest_.empty() && rest_.front() != '>' && !rest_.starts_with("/>")) {
      if (!is_blank(rest_.front())) return false;
      blanks();
      if (rest_.starts_with('>') || rest_.starts_with("/>")) break;
      const std::string_view found = name();
      blanks();
      if (!is_attribute(found) || !take("=") || std::ranges::find(seen, found) != seen.end()) return false;
      seen.push_back(found);
      blanks();
      std::string_view value;
      if (!quoted(value) || !is_safe(found, value)) return false;
      if (found == "xmlns") {
        if (value != "http://www.w3.org/1999/xhtml") return false;
        namespaced = true;
      }
    }
    return !open_.empty() || namespaced || element != "div";
  }

  bool quoted(std::string_view& value) {
    const char quote = rest_.empty() ? '\0' : rest_.front();
    if (quote != '"' && quote != '\'') return false;
    const std::size_t end = rest_.find(quote, 1);
    if (end == std::string_view::npos) return false;
    value = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return value.find('<') == std::string_view::npos && entities(value);
  }

  static bool is_safe(std::string_view attribute, std::string_view value) {
    if (attribute != "href" && attribute != "src") return true;
    std::string scheme;
    for (const char c : value) {
      if (c == ':') break;
      if (static_cast<unsigned char>(c) > ' ') scheme += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    return scheme != "javascript" && scheme != "vbscript" && scheme.find('&') == std::string::npos;
  }

  std::string_view rest_;
  std::vector<std::string_view> open_;
  bool content_ = false;
};

}  // namespace

bool is_narrative(std::string_view xhtml) { return Reader(xhtml).read(); }

}  // namespace yilian::fhirpath
