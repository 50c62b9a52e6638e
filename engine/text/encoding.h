#pragma once
// Bytes of a hospital's system to UTF-8 and back, without ever replacing a character in silence.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace yilian::text {

enum class Charset : std::uint8_t {
  utf8,
  ascii,
  gb18030,
  gbk,     // read as GB18030, its superset; written strictly
  gb2312,  // the same
  big5,    // read with the Hong Kong supplement; written without it
  utf16le,
  utf16be,
  utf32le,
  utf32be,
  latin1,       // ISO 8859-1
  windows1252,  // what "8859/1" of a Windows program often is
  iso8859_2,
  iso8859_3,
  iso8859_4,
  iso8859_5,
  iso8859_6,
  iso8859_7,
  iso8859_8,
  iso8859_9,
  iso8859_15,
  iso2022_jp,
  shift_jis,  // code page 932: 0x5C stays the backslash that HL7 escapes need
  euc_jp,
  iso2022_kr,
  euc_kr,  // read with its extension, code page 949
};

// By the names that HL7 table 0211 and real senders use ("GB 18030-2000", "GBK", "UNICODE UTF-8", "8859/1", …); case,
// blanks, '-', '_', '/' and
// '.' do not matter. Nothing for a name nobody knows. "UNICODE" says nothing about bytes: nothing too.
std::optional<Charset> charset_named(std::string_view name);
std::string_view name(Charset charset);  // our name: "UTF-8", "GB18030"
std::string_view hl7_name(
    Charset charset);  // table 0211: "UNICODE UTF-8", "GB 18030-2000"; our name where the table has none

// Strict UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
bool valid_utf8(std::string_view bytes);
// Offset of the first byte that begins no valid character; npos when there is none.
std::size_t invalid_utf8_at(std::string_view bytes);
bool is_ascii(std::string_view bytes);

// Strict: an Issue (Code::bad_encoding, with the byte offset in `where`: "byte 17") at the first byte that is no
// character. A byte order mark is a character here: it stays.
Result<std::string> to_utf8(std::string_view bytes, Charset from);
// Strict: bad_encoding when `utf8` is not valid, or at the first character that the charset has no place for.
Result<std::string> from_utf8(std::string_view utf8, Charset to);

struct Decoded {
  std::string utf8;  // without a byte order mark
  Charset charset;   // what it was read as; for pure ASCII the declared one, if known, since an answer in it is right
  bool declared_wrong;  // a known charset was declared and the bytes were read as something else
};
// The order of the design: a byte order mark (or UTF-16's pattern of zero bytes), else the declared charset if the
// bytes are valid in it and it is true, else UTF-8 if valid, else GB18030, else `otherwise`. README.md says how a lie
// is told from the truth. bad_encoding when nothing fits. Pure ASCII and valid UTF-8 cost one pass and one copy.
Result<Decoded> decode(std::string_view bytes, std::string_view declared, std::optional<Charset> otherwise);

}  // namespace yilian::text
