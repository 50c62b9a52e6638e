#pragma once
// The index rows of a resource: what it is found by.

#include <optional>
#include <string>
#include <vector>

#include "engine/fhir/json.h"
#include "engine/records/dates.h"
#include "engine/records/index_plan.h"

namespace yilian::records {

// Keys without their block (index/key.h), sorted, without doubles. What follows the parameter's number, by its kind:
//   token      hash of the code; extra: that of its system (0: none). Beside: the folded texts of the concept.
//   reference  resource_key of the target (0: contained); extra: its type. Beside: identifier, as a token.
//   date       start of the interval in ms; extra: its length (-1: open). Beside: those longer than a day; the ends of
//              these once more under a number of their own (CODE:end).
//   string     folded text. Beside, empty: a text is longer than what stands in the index. uri: the text.
//   number, quantity   unit_key, value (ordered()). Beside: unit_key, low, high of what is no single value.
//   composite  of a code and a quantity: hash of the code, then as the quantity; extra: the code's system.
//   _text, _content   a word (words.h); extra: 1 when it is cut. _content without what _text has. Beside, empty: there
//              are more words than stand in the index.
class Rows {
 public:
  std::size_t size() const { return ends_.size(); }
  std::string_view operator[](std::size_t i) const {
    const std::uint32_t begin = i == 0 ? 0 : ends_[i - 1];
    return {bytes_.data() + begin, ends_[i] - begin};
  }
  void reserve(std::size_t rows, std::size_t bytes) {
    ends_.reserve(rows);
    bytes_.reserve(bytes);
  }
  void add(std::string_view row) {
    bytes_.append(row);
    ends_.push_back(static_cast<std::uint32_t>(bytes_.size()));
  }
  void add(std::string_view begin, std::string_view end) {  // of one row
    bytes_.append(begin).append(end);
    ends_.push_back(static_cast<std::uint32_t>(bytes_.size()));
  }

 private:
  std::string bytes_;
  std::vector<std::uint32_t> ends_;
};

struct Extracted {
  Rows rows;  // without that of lastUpdated, which is the version's
  std::optional<std::int64_t> happened;  // in milliseconds: the start of the earliest interval of plan.happened
};
// `source`: a meta.source that the tree has not yet.
Extracted extract(const Plan& plan, const fhir::Json& resource, std::string_view source = {});
Rows rows_of(const Plan& plan, const fhir::Json& resource);
// The same without the words, which are about half of them.
Rows rows_without_words(const Plan& plan, const fhir::Json& resource);
// Those of these parameters alone, each under its own numbers; of one whose expression cannot be evaluated on the
// resource the row that says so.
Rows rows_of(const std::vector<const Indexed*>& parameters, const fhir::Json& resource);
// What stands in either.
Rows united(const Rows& a, const Rows& b);
std::string updated_row(std::uint8_t type, std::int64_t updated_microseconds, std::uint32_t code = kUpdatedCode);

// Half of a system's hash: an alliance has some hundred systems.
std::int64_t system_key(std::string_view system);

// The rows of one parameter under a number: of the resource or, of a composite's component, of the element that it is in.
Rows rows_of(const Indexed& parameter, std::uint32_t number, const fhir::Json& from);

std::vector<std::string> references_of(const Indexed& parameter, const fhir::Json& resource);
// "Type/id" of a reference as it is written: without version and, when relative, without anything else; else as it is.
// Empty for one that is contained.
std::string normal_reference(std::string_view reference);

inline constexpr std::size_t kUriBytes = 200;  // of a key; what is longer is cut
std::string uri_key(std::string_view uri);

}  // namespace yilian::records
