#pragma once
// A JSON value to be made again and again: its text as it is written, and its values in a row, whose texts are parts of
// that.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/fhir/json.h"

namespace yilian::mapping {

class JsonForm {
 public:
  JsonForm() = default;
  explicit JsonForm(const fhir::Json& json);

  bool empty() const { return values_.empty(); }
  std::size_t bytes() const { return text_.size() + values_.size() * sizeof(Value); }
  // Gives the value as it is written, when that is known: a bundle writes references its own way.
  std::string_view make(fhir::Json& to, fhir::Arena& arena) const;

 private:
  struct Value {
    std::string_view name;  // an element's, of the definitions; without a place: in the text
    fhir::Json::Kind kind;
    bool truth;
    std::uint32_t size;  // of a text its bytes; of an array or object what it holds, which follows
    std::uint32_t at;    // of a text: where it begins
    std::uint32_t name_at, name_size;
  };
  void add(const fhir::Json& json, std::string_view name, std::string& escaped);

  std::vector<Value> values_;
  std::string text_;         // behind what is written: texts that are escaped there
  std::size_t written_ = 0;  // bytes that are written
  bool refers_ = false;
};

}  // namespace yilian::mapping
