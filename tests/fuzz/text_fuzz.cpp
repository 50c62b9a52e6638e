// libFuzzer: any bytes through decoding and folding. A broken promise of the headers aborts.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "engine/text/encoding.h"
#include "engine/text/fold.h"

namespace {

using namespace yilian::text;

void require(bool promise) {
  if (!promise) std::abort();
}

constexpr std::array<std::string_view, 12> kDeclared = {"",          "UNICODE UTF-8", "GB 18030-2000",  "GBK",
                                                        "ASCII",     "8859/1",        "BIG-5",          "ISO IR87",
                                                        "KS X 1001", "Shift_JIS",     "UNICODE UTF-16", "8859/5"};

void decode_any(std::string_view bytes, std::uint8_t choice) {
  const std::string_view declared = kDeclared[choice % kDeclared.size()];
  const auto otherwise = charset_named(kDeclared[choice / kDeclared.size() % kDeclared.size()]);
  const auto decoded = decode(bytes, declared, otherwise);
  if (!decoded) {
    require(decoded.error().code == yilian::Code::bad_encoding);
    return;
  }
  require(valid_utf8(decoded->utf8));
  // Reading it again strictly as what it was found to be gives the same text, a byte order mark apart.
  const auto again = to_utf8(bytes, decoded->charset);
  require(again.has_value() && std::string_view(*again).ends_with(decoded->utf8) &&
          again->size() <= decoded->utf8.size() + 3);
}

void fold_any(std::string_view text) {
  const std::string key = fold(text);
  require(valid_utf8(key));
  require(fold(key) == key);
  for (bool is_name : {false, true}) {
    const Pinyin typed = pinyin(text, is_name);
    require(is_ascii(typed.full) && typed.initials.size() <= typed.full.size());
    require(has_chinese(text) || typed.full.empty());
  }
  require(is_ascii(pinyin_key(text)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  decode_any(bytes, data[0]);
  fold_any(bytes);
  for (Charset to : {Charset::gb18030, Charset::gbk, Charset::latin1, Charset::iso2022_jp, Charset::utf16le}) {
    const auto written = from_utf8(bytes, to);
    if (!written) continue;
    const auto read = to_utf8(*written, to);
    require(read.has_value() &&
            (to == Charset::gbk || *read == bytes));  // GBK is read as GB18030, which maps a few signs otherwise
  }
  return 0;
}
