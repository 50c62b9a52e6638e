#include "engine/net/http_client.h"

#include <curl/curl.h>

#include <algorithm>

namespace yilian::net {
namespace {

constexpr std::size_t kMostBody = 256u << 20;

std::size_t keep(const char* data, std::size_t size, std::size_t count, void* body) {
  auto& text = *static_cast<std::string*>(body);
  const std::size_t bytes = size * count;
  if (text.size() + bytes > kMostBody) return 0;  // ends it with CURLE_WRITE_ERROR
  text.append(data, bytes);
  return bytes;
}

}  // namespace

struct HttpClient::Inner {
  std::string base;
  CURL* handle = nullptr;
  char why[CURL_ERROR_SIZE] = "";

  ~Inner() {
    if (handle != nullptr) curl_easy_cleanup(handle);
  }
};

HttpClient::HttpClient(std::string base, int seconds) : inner_(std::make_unique<Inner>()) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  inner_->base = std::move(base);
  while (inner_->base.ends_with("/")) inner_->base.pop_back();
  inner_->handle = ready == CURLE_OK ? curl_easy_init() : nullptr;
  CURL* const curl = inner_->handle;
  if (curl == nullptr) return;
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, inner_->why);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &keep);
  curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");  // whatever it can unpack
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(seconds));
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(std::max(1, seconds / 10)));
}

HttpClient::~HttpClient() = default;

Result<HttpReply> HttpClient::send(const std::string& method, const std::string& path, const std::string& text) {
  CURL* const curl = inner_->handle;
  if (curl == nullptr) return fail(Code::internal, "libcurl does not start");
  HttpReply reply;
  const std::string url = inner_->base + path;
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply.body);
  if (method == "GET") {
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, nullptr);
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
  } else {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text.c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(text.size()));
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
  }
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(curl_slist_append(nullptr, text.empty() ? "Content-Type:" : "Content-Type: text/plain; charset=utf-8"), curl_slist_free_all);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  inner_->why[0] = '\0';
  const CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK) {
    const std::string why = inner_->why[0] != '\0' ? inner_->why : curl_easy_strerror(code);
    if (code == CURLE_OPERATION_TIMEDOUT) return fail(Code::timeout, "no answer in time (" + why + ")", inner_->base);
    if (code == CURLE_WRITE_ERROR) return fail(Code::too_large, "the answer is larger than 256 MB", url);
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) return fail(Code::bad_value, "this is no address (" + why + ")", inner_->base, "write it like http://127.0.0.1:8080");
    return fail(Code::busy, "nothing answers (" + why + ")", inner_->base);
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  reply.status = static_cast<int>(status);
  return reply;
}

}  // namespace yilian::net
