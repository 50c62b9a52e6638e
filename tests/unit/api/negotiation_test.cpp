#include "engine/api/negotiation.h"

#include <gtest/gtest.h>

namespace yilian::api {
namespace {

std::string format_of(std::string_view accept, std::string_view query = {}) {
  net::Request request;
  request.headers = {{"Accept", std::string(accept)}};
  if (!query.empty()) request.query = {{"_format", std::string(query)}};
  const auto format = wanted_format(request);
  return !format ? "none" : *format == Format::xml ? "xml" : "json";
}

TEST(Negotiation, Accept) {
  EXPECT_EQ(format_of(""), "json");
  EXPECT_EQ(format_of(" , "), "none");
  EXPECT_EQ(format_of("application/fhir+xml"), "xml");
  EXPECT_EQ(format_of("Application/FHIR+XML ; q=0.1"), "xml");
  EXPECT_EQ(format_of("application/xml;q=0.9, application/json;q=0.9"), "json");
  EXPECT_EQ(format_of("application/xml;q=0.9, application/json;q=0.8"), "xml");
  EXPECT_EQ(format_of("application/xml;q=0"), "none");
  EXPECT_EQ(format_of("text/turtle, */*;q=0.1"), "json");
  EXPECT_EQ(format_of("application/fhir+xml;fhirVersion=5.0"), "none");
  EXPECT_EQ(format_of("application/fhir+xml;fhirVersion=\"4.0\""), "xml");
  EXPECT_EQ(format_of("application/fhir+xml;q=nonsense"), "none");
}

TEST(Negotiation, SeveralLinesAreOneList) {
  net::Request request;
  request.headers = {{"Accept", "text/turtle"}, {"accept", "application/fhir+xml"}};
  EXPECT_EQ(*wanted_format(request), Format::xml);
}

TEST(Negotiation, FormatGoesOverAccept) {
  EXPECT_EQ(format_of("text/turtle", "xml"), "xml");
  EXPECT_EQ(format_of("application/fhir+xml", "application/fhir json"), "json");
  EXPECT_EQ(format_of("application/fhir+xml", "html"), "none");
}

TEST(Negotiation, Bodies) {
  EXPECT_EQ(*body_format(""), Format::json);
  EXPECT_EQ(*body_format("application/fhir+xml; charset=UTF-8"), Format::xml);
  EXPECT_EQ(*body_format("application/json;charset=\"utf-8\""), Format::json);
  for (const char* type : {"text/plain", "application/fhir+json; charset=gbk", "application/fhir+json; fhirVersion=3.0", "jsonish"}) EXPECT_FALSE(body_format(type)) << type;
}

TEST(Negotiation, FormatsByName) {
  net::Request request;
  EXPECT_FALSE(names_format(request));
  for (const char* accept : {"*/*", "image/png", "text/html, */*;q=0.1"}) {
    request.headers = {{"Accept", accept}};
    EXPECT_FALSE(names_format(request)) << accept;
  }
  request.headers = {{"Accept", "application/fhir+json, */*;q=0.1"}};
  EXPECT_TRUE(names_format(request));
  request.headers.clear();
  request.query = {{"_format", "json"}};
  EXPECT_TRUE(names_format(request));
  EXPECT_TRUE(is_format("application/fhir+xml; charset=utf-8"));
  EXPECT_FALSE(is_format("application/pdf"));
}

TEST(Negotiation, WhatWasPreferredIsTold) {
  net::Request request;
  EXPECT_EQ(applied(preferences(request), true, true), "");
  request.headers = {{"Prefer", "handling=lenient; return=OperationOutcome"}};
  EXPECT_EQ(applied(preferences(request), true, false), "return=OperationOutcome");
  EXPECT_EQ(applied(preferences(request), true, true), "return=OperationOutcome, handling=lenient");
}

TEST(Negotiation, Prefer) {
  using Return = Preferences::Return;
  using Handling = Preferences::Handling;
  net::Request request;
  request.headers = {{"Prefer", "handling=lenient; return=OperationOutcome"}, {"prefer", "return=minimal, handling=strict"}};
  EXPECT_EQ(preferences(request).returned, Return::outcome);
  EXPECT_EQ(preferences(request).handling, Handling::lenient);
  request.headers = {{"Prefer", "return = \"minimal\""}};
  EXPECT_EQ(preferences(request).returned, Return::minimal);
  EXPECT_EQ(preferences({}).handling, Handling::unsaid);
}

}  // namespace
}  // namespace yilian::api
