#include "engine/api/admin_json.h"

#include <charconv>

#include "engine/base/time.h"
#include "engine/fhir/json.h"
#include "engine/text/encoding.h"

namespace yilian::api {

void member(std::string& json, std::string_view name, std::string_view value) {
  json.append(",\"").append(name).append("\":");
  fhir::write_json_string(value, json);
}

void member(std::string& json, std::string_view name, std::int64_t value) { json.append(",\"").append(name).append("\":").append(std::to_string(value)); }

void moment(std::string& json, std::string_view name, std::int64_t at) {
  if (at != 0) member(json, name, std::string_view(fhir_instant(at)));
}

std::string done(const char* what, std::int64_t count) { return std::string("{\"done\":\"") + what + "\",\"count\":" + std::to_string(count) + "}"; }

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

std::string readable(std::string_view raw, std::string_view charset) {
  const auto known = text::charset_named(charset);
  if (auto decoded = text::to_utf8(raw, known.value_or(text::Charset::utf8))) return std::move(*decoded);
  if (auto decoded = text::to_utf8(raw, text::Charset::gb18030)) return std::move(*decoded);
  constexpr char digits[] = "0123456789ABCDEF";
  std::string shown;
  for (const char c : raw.substr(0, 65536)) {
    const auto u = static_cast<unsigned char>(c);
    if (u < 0x80) {
      shown.push_back(c);
    } else {
      shown.append("\\x").push_back(digits[u >> 4]);
      shown.push_back(digits[u & 15]);
    }
  }
  return shown;
}

}  // namespace yilian::api
