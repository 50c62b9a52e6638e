#include "engine/net/content_coding.h"

#include <gtest/gtest.h>

namespace yilian::net {
namespace {

constexpr std::size_t kMost = 100'000;

std::string packed(const std::string& text) {
  Request request;
  request.headers = {{"Accept-Encoding", "gzip"}};
  Response response{200, {{"Content-Type", "text/plain"}}, text};
  encode_body(request, response);
  return response.body;
}

std::optional<int> refused(std::string body, const std::string& coding, Request* out = nullptr) {
  Request request;
  request.headers = {{"content-encoding", coding}, {"Host", "h"}};
  request.body = std::move(body);
  const auto problem = decode_body(request, kMost);
  if (out) *out = request;
  return problem ? std::optional(problem->status) : std::nullopt;
}

TEST(ContentCoding, BothWays) {
  const std::string text(50'000, 'a');
  const std::string small = packed(text);
  EXPECT_LT(small.size(), 1000u);
  Request request;
  EXPECT_EQ(refused(small, "gzip", &request), std::nullopt);
  EXPECT_EQ(request.body, text);
  EXPECT_TRUE(request.header("Content-Encoding").empty());
  EXPECT_EQ(request.header("Host"), "h");
  EXPECT_EQ(refused("abc", "identity", &request), std::nullopt);
  EXPECT_EQ(request.body, "abc");
}

TEST(ContentCoding, BombsAndDamageAreRefused) {
  EXPECT_EQ(refused(packed(std::string(kMost, 'a')), "gzip"), std::nullopt);
  EXPECT_EQ(refused(packed(std::string(kMost + 1, 'a')), "gzip"), 413);
  EXPECT_EQ(refused(packed(std::string(50'000'000, 'a')), "gzip"), 413);
  const std::string good = packed(std::string(50'000, 'a'));
  EXPECT_EQ(refused(good.substr(0, good.size() - 5), "gzip"), 400);
  EXPECT_EQ(refused(good + "x", "gzip"), 400);
  EXPECT_EQ(refused("", "gzip"), 400);
  EXPECT_EQ(refused("plain", "gzip"), 400);
  EXPECT_EQ(refused("x", "br"), 415);
  EXPECT_EQ(refused("x", "gzip, gzip"), 415);
  Request twice;
  twice.headers = {{"Content-Encoding", "gzip"}, {"content-encoding", "gzip"}};
  EXPECT_EQ(decode_body(twice, kMost)->status, 415);
}

TEST(ContentCoding, WhatIsAccepted) {
  for (const char* yes : {"gzip", "deflate, gzip;q=0.5", "*", "x-gzip", "br;q=1.0, GZIP"}) EXPECT_TRUE(takes_gzip(yes)) << yes;
  for (const char* no : {"", "br", "gzip;q=0", "*;q=0", "gzip;q=0.0, *", "identity"}) EXPECT_FALSE(takes_gzip(no)) << no;
}

TEST(ContentCoding, OnlyWhatIsWorthIt) {
  Request request;
  request.headers = {{"Accept-Encoding", "gzip"}};
  Response small{200, {{"Content-Type", "application/fhir+json"}}, std::string(1024, 'a')};
  encode_body(request, small);
  EXPECT_EQ(small.headers.size(), 1u);
  Response image{200, {{"Content-Type", "image/png"}}, std::string(5000, 'a')};
  encode_body(request, image);
  EXPECT_EQ(image.headers.size(), 1u);
  Response plain{200, {{"Content-Type", "application/fhir+json"}}, std::string(5000, 'a')};
  encode_body({}, plain);
  EXPECT_EQ(plain.body.size(), 5000u);
  ASSERT_EQ(plain.headers.size(), 2u);
  EXPECT_EQ(plain.headers[1].first, "Vary");
}

}  // namespace
}  // namespace yilian::net
