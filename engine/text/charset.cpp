// The names of charsets: ours, HL7 table 0211's, and those that real senders write.

#include <algorithm>
#include <array>
#include <string>

#include "engine/text/encoding.h"
#include "engine/text/iconv_names.h"

namespace yilian::text {

namespace {

struct Names {
  Charset charset;
  std::string_view name;
  std::string_view hl7;
  const char* reads;  // glibc's iconv
  const char* writes;
};

// In the order of the enumeration, so that a charset is its index.
constexpr std::array kNames = {
    Names{Charset::utf8, "UTF-8", "UNICODE UTF-8", "UTF-8", "UTF-8"},
    Names{Charset::ascii, "ASCII", "ASCII", "ASCII", "ASCII"},
    Names{Charset::gb18030, "GB18030", "GB 18030-2000", "GB18030", "GB18030"},
    Names{Charset::gbk, "GBK", "GBK", "GB18030", "GBK"},
    Names{Charset::gb2312, "GB2312", "GB2312", "GB18030", "EUC-CN"},
    Names{Charset::big5, "Big5", "BIG-5", "BIG5-HKSCS", "BIG5"},
    Names{Charset::utf16le, "UTF-16LE", "UNICODE UTF-16", "UTF-16LE", "UTF-16LE"},
    Names{Charset::utf16be, "UTF-16BE", "UNICODE UTF-16", "UTF-16BE", "UTF-16BE"},
    Names{Charset::utf32le, "UTF-32LE", "UNICODE UTF-32", "UTF-32LE", "UTF-32LE"},
    Names{Charset::utf32be, "UTF-32BE", "UNICODE UTF-32", "UTF-32BE", "UTF-32BE"},
    Names{Charset::latin1, "ISO-8859-1", "8859/1", "ISO-8859-1", "ISO-8859-1"},
    Names{Charset::windows1252, "windows-1252", "windows-1252", "CP1252", "CP1252"},
    Names{Charset::iso8859_2, "ISO-8859-2", "8859/2", "ISO-8859-2", "ISO-8859-2"},
    Names{Charset::iso8859_3, "ISO-8859-3", "8859/3", "ISO-8859-3", "ISO-8859-3"},
    Names{Charset::iso8859_4, "ISO-8859-4", "8859/4", "ISO-8859-4", "ISO-8859-4"},
    Names{Charset::iso8859_5, "ISO-8859-5", "8859/5", "ISO-8859-5", "ISO-8859-5"},
    Names{Charset::iso8859_6, "ISO-8859-6", "8859/6", "ISO-8859-6", "ISO-8859-6"},
    Names{Charset::iso8859_7, "ISO-8859-7", "8859/7", "ISO-8859-7", "ISO-8859-7"},
    Names{Charset::iso8859_8, "ISO-8859-8", "8859/8", "ISO-8859-8", "ISO-8859-8"},
    Names{Charset::iso8859_9, "ISO-8859-9", "8859/9", "ISO-8859-9", "ISO-8859-9"},
    Names{Charset::iso8859_15, "ISO-8859-15", "8859/15", "ISO-8859-15", "ISO-8859-15"},
    Names{Charset::iso2022_jp, "ISO-2022-JP", "ISO IR87", "ISO-2022-JP-2", "ISO-2022-JP"},
    Names{Charset::shift_jis, "Shift_JIS", "Shift_JIS", "CP932", "CP932"},
    Names{Charset::euc_jp, "EUC-JP", "EUC-JP", "EUC-JP", "EUC-JP"},
    Names{Charset::iso2022_kr, "ISO-2022-KR", "ISO-2022-KR", "ISO-2022-KR", "ISO-2022-KR"},
    Names{Charset::euc_kr, "EUC-KR", "KS X 1001", "CP949", "EUC-KR"},
};
static_assert(std::ranges::is_sorted(kNames, {}, &Names::charset));
static_assert(kNames.size() == kCharsets);

struct Alias {
  std::string_view squeezed;  // upper case, without blanks and '-', '_', '/', '.', ':'
  Charset charset;
};

constexpr auto kAliases = std::to_array<Alias>({
    {"ANSIX34", Charset::ascii},  // ANSI X3.4
    {"ASCII", Charset::ascii},
    {"BIG5", Charset::big5},
    {"BIG5HKSCS", Charset::big5},
    {"CP1252", Charset::windows1252},
    {"CP932", Charset::shift_jis},
    {"CP936", Charset::gbk},
    {"CP949", Charset::euc_kr},
    {"CP950", Charset::big5},
    {"EUCCN", Charset::gb2312},
    {"EUCJP", Charset::euc_jp},
    {"EUCKR", Charset::euc_kr},
    {"GB", Charset::gb18030},
    {"GB18030", Charset::gb18030},
    {"GB180302000", Charset::gb18030},
    {"GB180302005", Charset::gb18030},
    {"GB180302022", Charset::gb18030},
    {"GB2312", Charset::gb2312},
    {"GB23121980", Charset::gb2312},
    {"GB231280", Charset::gb2312},
    {"GBK", Charset::gbk},
    {"ISO2022JP", Charset::iso2022_jp},
    {"ISO2022JP2", Charset::iso2022_jp},
    {"ISO2022KR", Charset::iso2022_kr},
    {"ISO646", Charset::ascii},
    {"ISOIR100", Charset::latin1},  // DICOM's names of the same registrations turn up in HL7 too
    {"ISOIR101", Charset::iso8859_2},
    {"ISOIR109", Charset::iso8859_3},
    {"ISOIR110", Charset::iso8859_4},
    {"ISOIR126", Charset::iso8859_7},
    {"ISOIR127", Charset::iso8859_6},
    {"ISOIR13", Charset::shift_jis},
    {"ISOIR138", Charset::iso8859_8},
    {"ISOIR14", Charset::iso2022_jp},  // table 0211: JIS X 0201 romaji; ISO-2022-JP holds it, IR87 and IR159
    {"ISOIR144", Charset::iso8859_5},
    {"ISOIR148", Charset::iso8859_9},
    {"ISOIR159", Charset::iso2022_jp},
    {"ISOIR192", Charset::utf8},
    {"ISOIR6", Charset::ascii},
    {"ISOIR87", Charset::iso2022_jp},
    {"KSC5601", Charset::euc_kr},
    {"KSX1001", Charset::euc_kr},
    {"LATIN1", Charset::latin1},
    {"MS932", Charset::shift_jis},
    {"MS936", Charset::gbk},
    {"SHIFTJIS", Charset::shift_jis},
    {"SJIS", Charset::shift_jis},
    {"UHC", Charset::euc_kr},
    {"UNICODEUTF16",
     Charset::utf16be},  // RFC 2781: big-endian where no byte order mark says otherwise; decode() looks at the bytes
    {"UNICODEUTF16BE", Charset::utf16be},
    {"UNICODEUTF16LE", Charset::utf16le},
    {"UNICODEUTF32", Charset::utf32be},
    {"UNICODEUTF8", Charset::utf8},
    {"USASCII", Charset::ascii},
    {"UTF16", Charset::utf16be},
    {"UTF16BE", Charset::utf16be},
    {"UTF16LE", Charset::utf16le},
    {"UTF32", Charset::utf32be},
    {"UTF32BE", Charset::utf32be},
    {"UTF32LE", Charset::utf32le},
    {"UTF8", Charset::utf8},
    {"UTF8UNICODE", Charset::utf8},
    {"WINDOWS1252", Charset::windows1252},
    {"WINDOWS936", Charset::gbk},
    {"X936", Charset::gbk},
});
static_assert(std::ranges::is_sorted(kAliases, {}, &Alias::squeezed));

const Names& names_of(Charset charset) { return kNames[static_cast<std::size_t>(charset)]; }

// "8859/1", "ISO 8859-1", "ISO8859_1", "ISO-IR 8859/1" name part 1 of ISO 8859.
std::optional<Charset> iso8859_part(std::string_view squeezed) {
  if (squeezed.starts_with("ISO")) squeezed.remove_prefix(3);
  if (!squeezed.starts_with("8859")) return std::nullopt;
  squeezed.remove_prefix(4);
  if (squeezed == "1") return Charset::latin1;
  if (squeezed == "15") return Charset::iso8859_15;
  if (squeezed.size() != 1 || squeezed[0] < '2' || squeezed[0] > '9') return std::nullopt;
  return static_cast<Charset>(static_cast<int>(Charset::iso8859_2) + (squeezed[0] - '2'));
}

}  // namespace

std::optional<Charset> charset_named(std::string_view given) {
  constexpr std::size_t kLongest = 24;
  std::array<char, kLongest> squeezed;
  std::size_t length = 0;
  for (char c : given) {
    if (c == ' ' || c == '\t' || c == '-' || c == '_' || c == '/' || c == '.' || c == ':') continue;
    if (length == kLongest) return std::nullopt;
    squeezed[length++] = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  const std::string_view key(squeezed.data(), length);
  const auto found = std::ranges::lower_bound(kAliases, key, {}, &Alias::squeezed);
  if (found != kAliases.end() && found->squeezed == key) return found->charset;
  return iso8859_part(key);
}

std::string_view name(Charset charset) { return names_of(charset).name; }
std::string_view hl7_name(Charset charset) { return names_of(charset).hl7; }
const char* iconv_reads(Charset charset) { return names_of(charset).reads; }
const char* iconv_writes(Charset charset) { return names_of(charset).writes; }

}  // namespace yilian::text
