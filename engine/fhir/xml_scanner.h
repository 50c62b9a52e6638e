#pragma once
// A strict scanner of XML 1.0 (fifth edition), well-formedness alone: no DOCTYPE and so no entities but the five of
// XML itself, UTF-8 alone. It reads a text that it may change: values are decoded in place.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/issue.h"

namespace yilian::fhir {

class XmlScanner {
 public:
  enum class Event { start, end, text, done, failed };
  struct Attribute {
    std::string_view name;
    std::string_view value;  // decoded, white space normalised
  };

  // `begin` … `end` is writable and holds XML's characters alone (bad_xml_character). `kept`: the name of elements that
  // are to stay as they are written, their attributes too.
  XmlScanner(char* begin, char* end, std::size_t depth, std::string_view kept)
      : begin_(begin), at_(begin), end_(end), depth_(depth), kept_(kept) {}

  // start: name() and attributes(); an element without content gives start and then end. text: between tags, never
  // empty; comments and processing instructions are passed over. failed: error().
  Event next();
  std::string_view name() const { return name_; }
  std::span<const Attribute> attributes() const { return attributes_; }
  bool blank() const { return blank_; }  // of a text
  // Right behind the start of an element: passes over all that is in it, and its end. Nothing there is decoded; gives
  // the element as it was written, or nothing when it failed.
  std::string_view rest_of_element();
  const Issue& error() const { return error_; }

 private:
  Event fail(Code code, std::string_view what);
  Event start_tag();
  Event end_tag();
  Event text();
  bool attribute();
  bool prolog();
  bool skip_to(std::string_view end, std::string_view what);
  bool reference(char*& to);
  std::string_view read_name();
  void skip_space();
  bool looking_at(std::string_view text) const;

  char* begin_;
  char* at_;
  char* end_;
  std::size_t depth_;
  std::string_view kept_;
  char* tag_ = nullptr;  // where the last start tag begins
  std::vector<std::string_view> open_;
  std::string_view name_;
  std::vector<Attribute> attributes_;
  bool blank_ = false;
  bool ends_at_once_ = false;  // "<a/>"
  bool keep_ = false;          // nothing is to be decoded
  bool begun_ = false;
  Issue error_;
};

// Whether all characters are UTF-8 and such as XML allows (section 2.2). Gives the first byte that is not; npos: none.
std::size_t bad_xml_character(std::string_view text);

}  // namespace yilian::fhir
