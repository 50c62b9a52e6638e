#pragma once
// Bytes of a hospital's system to UTF-8 and back, without ever replacing a character in silence.

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace yilian::text {

enum class Charset { utf8, ascii, gb18030, gbk, gb2312, big5, utf16le, utf16be, latin1, iso2022_jp, shift_jis, iso2022_kr, euc_kr, iso8859_2, iso8859_5, iso8859_15 /* grows */ };

// By the names that HL7 table 0211 and real senders use ("GB 18030-2000", "GBK", "UNICODE UTF-8", "8859/1", "UNICODE", …), case-insensitive.
// Nothing for a name nobody knows. "UNICODE" says nothing about bytes: nothing too.
std::optional<Charset> charset_named(std::string_view name);
std::string_view name(Charset charset);        // our name: "UTF-8", "GB18030"
std::string_view hl7_name(Charset charset);    // table 0211: "UNICODE UTF-8", "GB 18030-2000"

bool valid_utf8(std::string_view bytes);
bool is_ascii(std::string_view bytes);

// Strict: an Issue (Code::bad_encoding, with the byte offset in `where`) at the first byte that is no character.
Result<std::string> to_utf8(std::string_view bytes, Charset from);
Result<std::string> from_utf8(std::string_view utf8, Charset to);

struct Decoded {
  std::string utf8;
  Charset charset;      // what it was read as
  bool declared_wrong;  // the declared charset did not fit the bytes
};
// The order of the design: the declared charset if the bytes are valid in it and it is true (declared single-byte or ASCII over bytes >= 0x80 is
// not believed), else UTF-8 if valid, else GB18030, else `otherwise`. bad_encoding when nothing fits.
Result<Decoded> decode(std::string_view bytes, std::string_view declared, std::optional<Charset> otherwise);

}  // namespace yilian::text
