#include "engine/api/pages.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/api/outcome.h"
#include "engine/text/encoding.h"

namespace yilian::api {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestFile = 32u << 20;

const char* type_of(const std::string& extension) {
  static const std::map<std::string, const char*> types{
      {".html", "text/html; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"}, {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"}, {".png", "image/png"}, {".ico", "image/x-icon"}, {".json", "application/json"}, {".woff2", "font/woff2"},
      {".txt", "text/plain; charset=utf-8"}};
  const auto found = types.find(extension);
  return found == types.end() ? "application/octet-stream" : found->second;
}

}  // namespace

Pages::Pages(const std::string& folder) {
  std::error_code error;
  if (folder.empty() || !fs::is_directory(folder, error)) return;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (!entry.is_regular_file(error) || entry.file_size(error) > kLargestFile) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string name = "/" + fs::relative(entry.path(), folder, error).generic_string();
    files_[name] = {type_of(entry.path().extension().string()), std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>()),
                    name.rfind("/assets/", 0) == 0};
  }
}

net::Response Pages::handle(const net::Request& request) const {
  if (request.method != "GET" && request.method != "HEAD") return outcome(Issue{Code::not_allowed, Severity::error, "", request.method + " is not offered here", "offered: GET"});
  net::Response response;
  response.headers.emplace_back("Content-Security-Policy",
                                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
                                "connect-src 'self'; object-src 'self' blob:; frame-src 'self' blob: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  auto found = files_.find(request.path);
  // A path without a dot is a place inside the page, which the page itself reads.
  if (found == files_.end() && request.path.find('.') == std::string::npos && text::valid_utf8(request.path)) found = files_.find("/index.html");
  if (found == files_.end()) {
    response.status = request.path == "/" ? 503 : 404;
    response.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
    response.body = request.path == "/" ? "The pages are not built. Run deploy/quickstart, or 'npm ci && npm run build' in viewer/, and name viewer/dist in the configuration.\n"
                                        : "Nothing is served at this address.\n";
    return response;
  }
  response.headers.emplace_back("Content-Type", found->second.type);
  response.headers.emplace_back("Cache-Control", found->second.hashed ? "public, max-age=31536000, immutable" : "no-cache");
  response.body = found->second.body;
  return response;
}

}  // namespace yilian::api
