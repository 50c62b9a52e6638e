#include "engine/hl7v2/escape.h"

#include <algorithm>
#include <charconv>

#include "engine/hl7v2/escape_charset.h"
#include "engine/text/encoding.h"

namespace yilian::hl7v2 {
namespace {

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Appends what pairs of hex digits mean; false, and nothing appended, when they are none.
bool hex_bytes(std::string_view digits, std::string& bytes) {
  if (digits.empty() || digits.size() % 2 != 0) return false;
  const std::size_t before = bytes.size();
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = hex(digits[i]), low = hex(digits[i + 1]);
    if (high < 0 || low < 0) {
      bytes.resize(before);
      return false;
    }
    bytes.push_back(static_cast<char>(high << 4 | low));
  }
  return true;
}

bool append_decoded(std::string bytes, std::string& out) {
  if (text::valid_utf8(bytes)) {
    out.append(bytes);
    return true;
  }
  for (const auto charset : {text::Charset::gb18030, text::Charset::latin1}) {
    if (auto decoded = text::to_utf8(bytes, charset)) {
      out.append(*decoded);
      return true;
    }
  }
  return false;
}

// The formatting commands of FT: those that break lines become line breaks, the others vanish.
bool formatting(std::string_view command, std::string& out) {
  const std::string_view name = command.substr(0, 3);
  int count = 1;
  std::string_view digits = command.substr(std::min<std::size_t>(3, command.size()));
  while (!digits.empty() && (digits.front() == ' ' || digits.front() == '+')) digits.remove_prefix(1);
  if (!digits.empty()) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (error != std::errc() || end != digits.data() + digits.size()) return false;
  }
  if (name == ".br" || name == ".ce") {
    if (command.size() != 3) return false;
    out.push_back('\n');
  } else if (name == ".sp") {
    out.append(static_cast<std::size_t>(std::min(std::max(count, 1), 100)), '\n');
  } else if (name == ".sk") {
    out.append(static_cast<std::size_t>(std::min(std::max(count, 1), 200)), ' ');
  } else if (name != ".fi" && name != ".nf" && name != ".in" && name != ".ti") {
    return false;
  }
  return true;
}

bool decode_one(std::string_view body, const Delimiters& d, std::string& out) {
  if (body.empty()) return false;
  if (body.size() == 1) {
    switch (body[0]) {
      case 'F':
        out.push_back(d.field);
        return true;
      case 'S':
        out.push_back(d.component);
        return true;
      case 'T':
        out.push_back(d.subcomponent);
        return true;
      case 'R':
        out.push_back(d.repetition);
        return true;
      case 'E':
        out.push_back(d.escape);
        return true;
      case 'P':
        out.push_back(d.truncation != '\0' ? d.truncation : '#');
        return true;
      case 'H':
      case 'N':
        return true;
      default:
        return false;
    }
  }
  if (body[0] == '.') return formatting(body, out);
  return body[0] == 'C' || body[0] == 'M' ? switches_nothing(body) : false;
}

// \X..\ from `part`, with all that follow it at once: a character's bytes may be spread over several. How much was
// read; 0 when it is none.
std::size_t hex_run(std::string_view part, char escape, std::string& out) {
  std::string bytes;
  std::size_t read = 0;
  while (part.size() >= read + 3 && part[read] == escape && part[read + 1] == 'X') {
    const std::size_t close = part.find(escape, read + 2);
    if (close == std::string_view::npos || !hex_bytes(part.substr(read + 2, close - read - 2), bytes)) break;
    read = close + 1;
  }
  return read > 0 && append_decoded(std::move(bytes), out) ? read : 0;
}

}  // namespace

std::string unescape(std::string_view part, const Delimiters& d) {
  std::string out;
  out.reserve(part.size());
  while (!part.empty()) {
    const std::size_t open = part.find(d.escape);
    out.append(part.substr(0, open));
    if (open == std::string_view::npos) break;
    const std::size_t close = part.find(d.escape, open + 1);
    if (close == std::string_view::npos) {
      out.append(part.substr(open));
      break;
    }
    std::size_t read = hex_run(part.substr(open), d.escape, out);
    if (read == 0) read = double_byte_run(part.substr(open), d.escape, out);
    if (read > 0) {
      part.remove_prefix(open + read);
    } else if (decode_one(part.substr(open + 1, close - open - 1), d, out)) {
      part.remove_prefix(close + 1);
    } else {
      // Unknown: kept as it is. The closing character may open a real one ("C:\temp\.br\").
      out.append(part.substr(open, close - open));
      part.remove_prefix(close);
      if (part.size() == 1) {
        out.append(part);
        break;
      }
    }
  }
  return out;
}

std::string escape(std::string_view text, const Delimiters& d) {
  std::string out;
  out.reserve(text.size());
  const auto code = [&](char name) {
    out.push_back(d.escape);
    out.push_back(name);
    out.push_back(d.escape);
  };
  for (const char c : text) {
    if (c == d.field) {
      code('F');
    } else if (c == d.component) {
      code('S');
    } else if (c == d.subcomponent) {
      code('T');
    } else if (c == d.repetition) {
      code('R');
    } else if (c == d.escape) {
      code('E');
    } else if (d.truncation != '\0' && c == d.truncation) {
      code('P');
    } else if (static_cast<unsigned char>(c) < 0x20 && c != '\t') {
      constexpr char digits[] = "0123456789ABCDEF";
      out.push_back(d.escape);
      out.push_back('X');
      out.push_back(digits[(c >> 4) & 15]);
      out.push_back(digits[c & 15]);
      out.push_back(d.escape);
    } else {
      out.push_back(c);
    }
  }
  return out;
}

}  // namespace yilian::hl7v2
