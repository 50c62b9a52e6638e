#include "engine/api/admin_json.h"

#include <charconv>

#include "engine/base/time.h"
#include "engine/fhir/json.h"

namespace yilian::api {

void member(std::string& json, std::string_view name, std::string_view value) {
  json.append(",\"").append(name).append("\":");
  fhir::write_json_string(value, json);
}

void member(std::string& json, std::string_view name, std::int64_t value) { json.append(",\"").append(name).append("\":").append(std::to_string(value)); }

void moment(std::string& json, std::string_view name, std::int64_t at) {
  if (at != 0) member(json, name, std::string_view(fhir_instant(at)));
}

Result<std::int64_t> number_of(std::string_view text, const char* where) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return fail(Code::bad_value, "'" + std::string(text) + "' is no number", where);
  return number;
}

Result<std::size_t> count_of(std::string_view text) {
  YL_TRY(const auto count, number_of(text, "count"));
  if (count < 1 || count > 1000) return fail(Code::bad_value, "is no number from 1 to 1000", "count");
  return static_cast<std::size_t>(count);
}

}  // namespace yilian::api
