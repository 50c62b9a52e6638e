// Which charset bytes are in: what is declared, when it is true; else what they are. README.md says why each step
// stands where it stands.

#include <string>
#include <utility>

#include "engine/text/encoding.h"
#include "engine/text/evidence.h"

namespace yilian::text {

namespace {

bool is_chinese_gb(Charset charset) {
  return charset == Charset::gb18030 || charset == Charset::gbk || charset == Charset::gb2312;
}
bool is_wide(Charset charset) { return charset >= Charset::utf16le && charset <= Charset::utf32be; }
bool is_western_default(Charset charset) {
  return charset == Charset::ascii || charset == Charset::latin1 || charset == Charset::windows1252 ||
         charset == Charset::iso8859_15;
}
bool is_multibyte(Charset charset) {
  return charset == Charset::utf8 || is_chinese_gb(charset) || charset == Charset::big5 ||
         charset >= Charset::iso2022_jp;
}
bool is_escaped(Charset charset) { return charset == Charset::iso2022_jp || charset == Charset::iso2022_kr; }

struct Mark {
  Charset charset;
  std::size_t length;
};

// A byte order mark, or zero bytes where UTF-16 of ASCII has them: no text holds NUL, so the first two characters tell.
std::optional<Mark> mark_of(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("\xEF\xBB\xBF"sv)) return Mark{Charset::utf8, 3};
  if (bytes.starts_with("\xFF\xFE\0\0"sv)) return Mark{Charset::utf32le, 4};
  if (bytes.starts_with("\0\0\xFE\xFF"sv)) return Mark{Charset::utf32be, 4};
  if (bytes.starts_with("\xFF\xFE"sv)) return Mark{Charset::utf16le, 2};
  if (bytes.starts_with("\xFE\xFF"sv)) return Mark{Charset::utf16be, 2};
  if (bytes.size() < 4) return std::nullopt;
  const bool even_zero = bytes[0] == 0 && bytes[2] == 0;
  const bool odd_zero = bytes[1] == 0 && bytes[3] == 0;
  if (odd_zero && bytes[0] != 0 && bytes[2] != 0) return Mark{Charset::utf16le, 0};
  if (even_zero && bytes[1] != 0 && bytes[3] != 0) return Mark{Charset::utf16be, 0};
  if (bytes.size() >= 8 && odd_zero && bytes[0] != 0 && bytes[2] == 0) return Mark{Charset::utf32le, 0};
  if (bytes.size() >= 8 && even_zero && bytes[1] == 0 && bytes[3] != 0) return Mark{Charset::utf32be, 0};
  return std::nullopt;
}

// ISO 2022 hides in seven bits: ESC $ opens its double-byte sets.
bool has_iso2022(std::string_view bytes) { return bytes.find("\x1B$") != std::string_view::npos; }

class Reader {
 public:
  Reader(std::string_view bytes, std::optional<Charset> declared) : bytes_(bytes), declared_(declared) {}

  // The bytes as `charset` reads them, if it does.
  bool read_as(Charset charset) {
    const Charset truly = is_chinese_gb(charset) ? Charset::gb18030 : charset;
    Result<std::string> utf8 = to_utf8(bytes_, truly);
    if (!utf8) return false;
    take(std::move(*utf8), truly);
    return true;
  }
  // The same for UTF-8 and ASCII that were found valid already.
  void take(std::string utf8, Charset charset) {
    const bool as_declared = !declared_ || charset == *declared_ ||
                             (charset == Charset::gb18030 && is_chinese_gb(*declared_)) ||
                             (is_wide(charset) && is_wide(*declared_));  // "UNICODE UTF-16" leaves the byte order open
    decoded_ = Decoded{std::move(utf8), charset, !as_declared};
  }
  // Latin-1 whose bytes 0x80–0x9F are Windows' quotes and dashes, not control characters.
  bool read_as_western() {
    for (char c : bytes_) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte >= 0x80 && byte < 0xA0 && read_as(Charset::windows1252)) {
        if (declared_ == Charset::latin1) decoded_.declared_wrong = false;
        return true;
      }
      if (byte >= 0x80 && byte < 0xA0) break;
    }
    return read_as(Charset::latin1);
  }

  Decoded& decoded() { return decoded_; }

 private:
  std::string_view bytes_;
  std::optional<Charset> declared_;
  Decoded decoded_{};
};

// Bytes that are valid UTF-8 and not ASCII: false when they are to be read as something else.
bool utf8_holds(std::string_view bytes, std::optional<Charset> declared, std::optional<Charset> otherwise) {
  if (declared == Charset::utf8 || has_long_utf8(bytes)) return true;
  if (declared && is_chinese_gb(*declared)) return false;
  // Two-byte characters alone prove little against another declared multi-byte charset.
  if (declared && is_multibyte(*declared)) return false;
  if (!declared && otherwise == Charset::utf8) return true;
  return !utf8_is_rather_gb(bytes);
}

bool declared_holds(Charset declared, const GbEvidence& gb) {
  if (declared == Charset::ascii || declared == Charset::utf8 || is_wide(declared) || is_chinese_gb(declared))
    return false;
  if (is_western_default(declared)) return !gb.looks_chinese();
  return true;
}

// Whether the feed's setting names a charset on purpose: such a one is asked before GB18030 is guessed. Latin-1 and its
// kin are many systems' default and read any bytes at all.
bool is_deliberate(Charset otherwise) { return !is_western_default(otherwise) && !is_wide(otherwise); }

// Not ASCII, not UTF-8: the declared charset, a deliberate feed setting, GB18030, the feed's setting, Western text; in
// this order.
bool read_local(Reader& reader, std::string_view bytes, std::optional<Charset> declared,
                std::optional<Charset> otherwise) {
  if (declared && is_chinese_gb(*declared) && reader.read_as(*declared)) return true;  // true: no evidence needed
  const GbEvidence gb = gb_evidence(bytes);
  const auto read_as = [&](Charset charset) {
    return charset == Charset::latin1 ? reader.read_as_western() : reader.read_as(charset);
  };
  if (declared && declared_holds(*declared, gb) && read_as(*declared)) return true;
  if (otherwise && is_deliberate(*otherwise) && read_as(*otherwise)) return true;
  if (gb.looks_chinese() && read_as(Charset::gb18030)) return true;
  if (otherwise && !is_deliberate(*otherwise) && !is_wide(*otherwise) && read_as(*otherwise)) return true;
  if (gb.western_only) return reader.read_as_western();
  return gb.valid && read_as(Charset::gb18030);
}

Failure nothing_fits(std::string_view bytes, std::string_view declared) {
  std::size_t at = invalid_utf8_at(bytes);
  if (at == std::string_view::npos) at = 0;
  std::string what = "is text neither in ";
  if (!declared.empty()) what += "the declared charset \"" + std::string(declared.substr(0, 40)) + "\" nor in ";
  what += "UTF-8 nor GB18030";
  return fail(Code::bad_encoding, std::move(what), "byte " + std::to_string(at),
              "find out which charset the sender uses and set it for its feed");
}

}  // namespace

Result<Decoded> decode(std::string_view bytes, std::string_view declared_name, std::optional<Charset> otherwise) {
  const std::optional<Charset> declared = charset_named(declared_name);
  if (const std::optional<Mark> mark = mark_of(bytes)) {
    Reader reader(bytes.substr(mark->length), declared);
    if (reader.read_as(mark->charset)) return std::move(reader.decoded());
  }
  Reader reader(bytes, declared);
  if (is_ascii(bytes)) {
    const Charset escaped = declared && is_escaped(*declared)     ? *declared
                            : otherwise && is_escaped(*otherwise) ? *otherwise
                                                                  : Charset::iso2022_jp;
    if (has_iso2022(bytes) && reader.read_as(escaped)) return std::move(reader.decoded());
    const bool as_declared = declared && !is_wide(*declared) && !is_escaped(*declared);
    reader.take(std::string(bytes), as_declared ? *declared : Charset::ascii);
    if (is_chinese_gb(reader.decoded().charset)) reader.decoded().charset = Charset::gb18030;
    if (declared && is_escaped(*declared)) reader.decoded().declared_wrong = false;
    return std::move(reader.decoded());
  }
  const bool utf8 = valid_utf8(bytes);
  if (utf8 && utf8_holds(bytes, declared, otherwise)) {
    reader.take(std::string(bytes), Charset::utf8);
    return std::move(reader.decoded());
  }
  if (read_local(reader, bytes, declared, otherwise)) return std::move(reader.decoded());
  if (utf8) {
    reader.take(std::string(bytes), Charset::utf8);
    return std::move(reader.decoded());
  }
  return nothing_fits(bytes, declared_name);
}

}  // namespace yilian::text
