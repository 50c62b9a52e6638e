#pragma once
// A JSON value to be made again and again: all its texts in one piece, its values in a row.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/fhir/json.h"

namespace yilian::mapping {

class JsonForm {
 public:
  JsonForm() = default;
  explicit JsonForm(const fhir::Json& json) { add(json, {}); }

  bool empty() const { return values_.empty(); }
  std::size_t bytes() const { return texts_.size() + values_.size() * sizeof(Value); }
  void make(fhir::Json& to, fhir::Arena& arena) const;

 private:
  struct Value {
    std::string_view name;  // an element's, of the definitions; without a place: with the texts
    fhir::Json::Kind kind;
    bool truth;
    std::uint32_t size;  // of a text its bytes; of an array or object what it holds, which follows
    std::uint32_t at;    // of a text: where it begins
    std::uint32_t name_at, name_size;
  };
  void add(const fhir::Json& json, std::string_view name);

  std::vector<Value> values_;
  std::string texts_;
};

}  // namespace yilian::mapping
