#include "engine/base/uuid.h"

namespace yilian {
namespace {

TEST(Uuid, NamedAsTheRfcSays) {
  // RFC 4122's DNS space; the value is the widely published one for "www.example.com".
  const Uuid dns = *Uuid::parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
  EXPECT_EQ(Uuid::named(dns, "www.example.com").text(), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

TEST(Uuid, LongNamesTakeTheOtherPathToTheSameDigest) {
  const std::string name(600, 'x');
  EXPECT_EQ(Uuid::named(root_space(), name), Uuid::named(root_space(), name));
  EXPECT_NE(Uuid::named(root_space(), name), Uuid::named(root_space(), name + "x"));
}

TEST(Uuid, RandomOnesAreVersion4AndDiffer) {
  const Uuid a = Uuid::random(), b = Uuid::random();
  EXPECT_NE(a, b);
  EXPECT_EQ(a.text()[14], '4');
}

TEST(Uuid, ReadsBackWhatItWrites) {
  const Uuid id = Uuid::random();
  EXPECT_EQ(Uuid::parse(id.text()), id);
  EXPECT_FALSE(Uuid::parse("2ed6657d-e927-568b-95e1-2665a8aea6ag"));
  EXPECT_FALSE(Uuid::parse("2ed6657de927568b95e12665a8aea6a2"));
  EXPECT_FALSE(Uuid::parse(""));
}

}  // namespace
}  // namespace yilian
