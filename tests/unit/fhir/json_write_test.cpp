#include <gtest/gtest.h>

#include "engine/fhir/json.h"

namespace yilian::fhir {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  write_json_string(text, out);
  return out;
}

TEST(WriteJson, EscapesOnlyWhatHasToBe) {
  EXPECT_EQ(quoted(""), R"("")");
  EXPECT_EQ(quoted("张三 </script> 'é' \x7F"), "\"张三 </script> 'é' \x7F\"");
  EXPECT_EQ(quoted("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(quoted("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(quoted(std::string_view("\0\x01\x1F", 3)), R"("\u0000\u0001\u001f")");
}

TEST(WriteJson, EveryCharacterComesBack) {
  std::string all;
  for (int c = 0; c < 128; ++c) all += static_cast<char>(c);
  for (std::size_t from = 0; from < all.size(); ++from) {
    Arena arena;
    const std::string_view text = std::string_view(all).substr(from);
    EXPECT_EQ((*read_json(quoted(text), arena))->text(), text);
  }
}

TEST(WriteJson, AppendsToWhatIsThere) {
  Arena arena;
  std::string out = "before ";
  write_json(**read_json("[1]", arena), out);
  write_json_string("x", out);
  EXPECT_EQ(out, "before [1]\"x\"");
}

TEST(WriteJson, WritesBeyondItsFirstRoom) {
  Arena arena;
  std::string text = "[";
  for (int i = 0; i < 3000; ++i) text += "\"" + std::string(static_cast<std::size_t>(i % 50), 'a') + "\\n\",";
  text += "\"" + std::string(100'000, 'z') + "\"]";
  EXPECT_EQ(write_json(**read_json(text, arena)), text);
}

TEST(WriteJson, EmptyContainers) {
  Arena arena;
  EXPECT_EQ(write_json(**read_json(R"({"a":[],"b":{},"c":[[],{}]})", arena)), R"({"a":[],"b":{},"c":[[],{}]})");
}

TEST(PrettyJson, IndentsByTwo) {
  Arena arena;
  EXPECT_EQ(
      pretty_json(**read_json(R"({"a":[1,{"b":"c"}],"e":[],"o":{},"n":null})", arena)),
      "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"c\"\n    }\n  ],\n  \"e\": [],\n  \"o\": {},\n  \"n\": null\n}");
  EXPECT_EQ(pretty_json(**read_json("7", arena)), "7");
}

}  // namespace
}  // namespace yilian::fhir
