// Conversion between UTF-8 and the other charsets: glibc's iconv, held strict.

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>

#include "engine/text/encoding.h"
#include "engine/text/iconv_names.h"

namespace yilian::text {

namespace {

class Descriptor {
 public:
  Descriptor() = default;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (open_) iconv_close(handle_);
  }

  // In its initial state. iconv_open reads module files, so it is asked once a thread and charset.
  iconv_t ready(const char* to, const char* from) {
    if (open_) {
      iconv(handle_, nullptr, nullptr, nullptr, nullptr);
      return handle_;
    }
    handle_ = iconv_open(to, from);
    if (handle_ == reinterpret_cast<iconv_t>(-1)) {
      throw std::runtime_error(std::string("the C library has no conversion from ") + from + " to " + to +
                               "; install its gconv modules (Debian: libc-bin, libc6)");
    }
    open_ = true;
    return handle_;
  }

 private:
  iconv_t handle_{};
  bool open_ = false;
};

iconv_t reader_of(Charset charset) {
  thread_local std::array<Descriptor, kCharsets> descriptors;
  return descriptors[static_cast<std::size_t>(charset)].ready("UTF-8", iconv_reads(charset));
}

iconv_t writer_to(Charset charset) {
  thread_local std::array<Descriptor, kCharsets> descriptors;
  return descriptors[static_cast<std::size_t>(charset)].ready(iconv_writes(charset), "UTF-8");
}

// Appends the conversion of `in` to `out`; gives the offset of the first byte that has none, or npos.
std::size_t convert(iconv_t handle, std::string_view in, std::string& out) {
  // iconv's interface predates const: it does not write to its input.
  char* from = const_cast<char*>(in.data());
  std::size_t left = in.size();
  std::size_t written = out.size();
  out.resize(written + in.size() + in.size() / 2 + 16);
  bool flushing = false;
  while (true) {
    char* to = out.data() + written;
    std::size_t room = out.size() - written;
    const std::size_t answer =
        flushing ? iconv(handle, nullptr, nullptr, &to, &room) : iconv(handle, &from, &left, &to, &room);
    const int error = errno;
    written = out.size() - room;
    if (answer == 0) {
      if (flushing) break;
      flushing = true;  // ISO 2022 ends in its first state
    } else if (answer == static_cast<std::size_t>(-1) && error == E2BIG) {
      out.resize(out.size() + out.size() / 2 + 64);
    } else {
      out.resize(written);
      return in.size() - left;  // no character, a cut one, or one that was only approximated
    }
  }
  out.resize(written);
  return std::string_view::npos;
}

std::string byte_place(std::size_t offset) { return "byte " + std::to_string(offset); }

// glibc drops the tag characters U+E0000–U+E007F without a word where the target has no place for them.
std::size_t tag_character_at(std::string_view utf8) {
  for (std::size_t at = utf8.find("\xF3\xA0"); at != std::string_view::npos; at = utf8.find("\xF3\xA0", at + 1)) {
    if (at + 2 < utf8.size() && (utf8[at + 2] == '\x80' || utf8[at + 2] == '\x81')) return at;
  }
  return std::string_view::npos;
}

bool is_unicode(Charset charset) {
  return charset == Charset::utf8 || (charset >= Charset::utf16le && charset <= Charset::utf32be);
}

bool is_escaped(Charset charset) { return charset == Charset::iso2022_jp || charset == Charset::iso2022_kr; }

// A character that the target cannot hold and iconv would let pass: tags, and the controls that switch sets in ISO
// 2022.
std::size_t unholdable_at(std::string_view utf8, Charset to) {
  using namespace std::string_view_literals;
  const std::size_t control = is_escaped(to) ? utf8.find_first_of("\x1B\x0E\x0F"sv) : std::string_view::npos;
  return is_unicode(to) || to == Charset::gb18030 ? control : std::min(control, tag_character_at(utf8));
}

bool ascii_is_itself(Charset charset) {
  return (charset == Charset::utf8 || !is_unicode(charset)) && !is_escaped(charset);
}

}  // namespace

Result<std::string> to_utf8(std::string_view bytes, Charset from) {
  auto failure = [&](std::size_t at) {
    return fail(Code::bad_encoding, "is no character in " + std::string(name(from)), byte_place(at),
                "check which charset the sender uses and set it for its feed");
  };
  if (from == Charset::utf8) {
    if (const std::size_t bad = invalid_utf8_at(bytes); bad != std::string_view::npos) return failure(bad);
    return std::string(bytes);
  }
  if (ascii_is_itself(from) && is_ascii(bytes)) return std::string(bytes);
  std::string utf8;
  if (const std::size_t bad = convert(reader_of(from), bytes, utf8); bad != std::string_view::npos) return failure(bad);
  return utf8;
}

Result<std::string> from_utf8(std::string_view utf8, Charset to) {
  if (const std::size_t bad = invalid_utf8_at(utf8); bad != std::string_view::npos) {
    return fail(Code::bad_encoding, "is no character in UTF-8", byte_place(bad));
  }
  if (to == Charset::utf8 || (ascii_is_itself(to) && is_ascii(utf8))) return std::string(utf8);
  std::string bytes;
  std::size_t bad = unholdable_at(utf8, to);
  if (bad == std::string_view::npos) bad = convert(writer_to(to), utf8, bytes);
  if (bad != std::string_view::npos) {
    return fail(Code::bad_encoding, "is a character that " + std::string(name(to)) + " cannot hold", byte_place(bad),
                "send to this system in UTF-8 or GB18030, which hold every character");
  }
  return bytes;
}

}  // namespace yilian::text
