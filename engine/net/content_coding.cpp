#include "engine/net/content_coding.h"

#include <strings.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace yilian::net {
namespace {

constexpr std::size_t kWorthIt = 1024;
constexpr int kGzip = 15 + 16;  // zlib's window bits: the largest window, with the header of gzip
constexpr std::size_t kPiece = 64u << 10;

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_gzip(std::string_view coding) { return same(coding, "gzip") || same(coding, "x-gzip"); }

// zlib counts in 32 bits; bodies are bounded far below that.
Bytef* bytes_of(std::string_view text) { return reinterpret_cast<Bytef*>(const_cast<char*>(text.data())); }

std::optional<CodingRefusal> unpack(std::string_view packed, std::size_t most, std::string& out) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzip) != Z_OK) return CodingRefusal{400, "the body cannot be unpacked"};
  stream.next_in = bytes_of(packed);
  stream.avail_in = static_cast<uInt>(packed.size());
  int state = Z_OK;
  while (state == Z_OK && out.size() <= most) {
    const std::size_t had = out.size();
    out.resize(had + std::min(kPiece, most + 1 - had));
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + had);
    stream.avail_out = static_cast<uInt>(out.size() - had);
    state = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
  }
  const bool rest = stream.avail_in > 0;
  inflateEnd(&stream);
  if (out.size() > most) return CodingRefusal{413, "the body is larger than this server takes, once unpacked"};
  if (state != Z_STREAM_END || rest) return CodingRefusal{400, "the body is no whole gzip"};
  return std::nullopt;
}

bool pack(std::string_view text, std::string& out) {
  z_stream stream{};
  constexpr int kLevel = 1;  // a fifth of the size already, at a third of the cost of the usual level
  constexpr int kMemory = 8;
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzip, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) return false;
  out.resize(deflateBound(&stream, text.size()));
  stream.next_in = bytes_of(text);
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int state = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return state == Z_STREAM_END;
}

bool is_text(std::string_view type) {
  static constexpr std::array<std::string_view, 5> kinds{"json", "xml", "text/", "javascript", "svg"};
  return std::ranges::any_of(kinds, [type](std::string_view kind) { return type.find(kind) != std::string_view::npos; });
}

std::string_view header(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (same(key, name)) return value;
  }
  return {};
}

}  // namespace

bool takes_gzip(std::string_view accept_encoding) {
  bool any = false;
  while (!accept_encoding.empty()) {
    const std::size_t end = std::min(accept_encoding.find(','), accept_encoding.size());
    const std::string_view item = accept_encoding.substr(0, end);
    accept_encoding.remove_prefix(std::min(end + 1, accept_encoding.size()));
    const std::string_view coding = trimmed(item.substr(0, item.find(';')));
    const std::size_t q = item.find("q=");
    const bool refused = q != std::string_view::npos && std::strtod(std::string(item.substr(q + 2)).c_str(), nullptr) <= 0;
    if (is_gzip(coding)) return !refused;
    if (coding == "*") any = !refused;
  }
  return any;
}

std::optional<CodingRefusal> decode_body(Request& request, std::size_t most) {
  const auto is_coding = [](const auto& each) { return same(each.first, "content-encoding"); };
  const auto coding = std::ranges::find_if(request.headers, is_coding);
  if (coding == request.headers.end()) return std::nullopt;
  if (std::find_if(coding + 1, request.headers.end(), is_coding) != request.headers.end()) {
    return CodingRefusal{415, "one content coding is as many as this server undoes"};
  }
  const std::string_view name = trimmed(coding->second);
  if (!name.empty() && !same(name, "identity")) {
    if (!is_gzip(name)) return CodingRefusal{415, "this server knows no content coding but gzip"};
    std::string plain;
    if (const auto refused = unpack(request.body, most, plain)) return refused;
    request.body = std::move(plain);
  }
  request.headers.erase(coding);
  return std::nullopt;
}

void encode_body(const Request& request, Response& response) {
  if (response.body.size() <= kWorthIt || !is_text(header(response, "content-type")) ||
      !header(response, "content-encoding").empty())
    return;
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (!takes_gzip(request.header("accept-encoding"))) return;
  std::string packed;
  if (!pack(response.body, packed)) return;
  response.body = std::move(packed);
  response.headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace yilian::net
