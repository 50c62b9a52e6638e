#pragma once
// A JSON object that is written member by member, where no tree is wanted: what our own interfaces tell.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "engine/fhir/json.h"

namespace yilian::fhir {

// Closed when it goes. Names have nothing to escape.
class JsonObject {
 public:
  explicit JsonObject(std::string& json) : json_(json) { json_.push_back('{'); }
  ~JsonObject() { json_.push_back('}'); }
  JsonObject(const JsonObject&) = delete;
  JsonObject& operator=(const JsonObject&) = delete;

  void text(const char* name, std::string_view value) {  // an empty one is left out
    if (value.empty()) return;
    begin(name);
    write_json_string(value, json_);
  }
  void number(const char* name, std::int64_t value) {
    begin(name);
    json_ += std::to_string(value);
  }
  void number(const char* name, std::size_t value) { number(name, static_cast<std::int64_t>(value)); }
  void mark(const char* name) {  // true
    begin(name);
    json_ += "true";
  }
  // An object for each item, written by write(object, item); at most so many.
  template <class List, class Write>
  void list(const char* name, const List& items, Write write, std::size_t most = std::numeric_limits<std::size_t>::max()) {
    begin(name);
    json_.push_back('[');
    for (std::size_t i = 0; i < std::min(items.size(), most); ++i) {
      if (i > 0) json_.push_back(',');
      JsonObject object(json_);
      write(object, items[i]);
    }
    json_.push_back(']');
  }

 private:
  void begin(const char* name) {
    if (json_.back() != '{') json_.push_back(',');
    json_.append("\"").append(name).append("\":");
  }
  std::string& json_;
};

}  // namespace yilian::fhir
