#include "tests/unit/mapping/fixture.h"

namespace yilian::mapping::test {
namespace {

TEST(Bundle, EntriesArePutAndReferToEachOther) {
  const auto done = run(oru("PID|1||P1||Do\\T\\e^\"Jane\"\nOBR|1||F1|A^a^L\nOBX|1|NM|W^w^L||1||||||F\n"));
  const std::string bundle = transaction_bundle(done.mapped);
  EXPECT_EQ(bundle.find('\n'), std::string::npos);
  fhir::Arena arena;
  const auto json = fhir::read_json(bundle, arena);
  ASSERT_TRUE(json) << bundle;
  EXPECT_EQ((*json)->text_at("type"), "transaction");
  const auto* entries = (*json)->find("entry");
  ASSERT_EQ(entries->size(), 3u);
  std::vector<std::string> urls;
  for (const auto& entry : entries->items()) {
    const auto* resource = entry.find("resource");
    EXPECT_EQ(entry.text_at("fullUrl"), "urn:uuid:" + std::string(resource->text_at("id")));
    EXPECT_EQ(entry.find("request")->text_at("method"), "PUT");
    EXPECT_EQ(entry.find("request")->text_at("url"),
              std::string(resource->text_at("resourceType")) + "/" + std::string(resource->text_at("id")));
    urls.emplace_back(entry.text_at("fullUrl"));
  }
  for (const auto& reference : references(**json))
    EXPECT_NE(std::find(urls.begin(), urls.end(), reference), urls.end()) << reference;
  EXPECT_EQ(entries->items()[0].find("resource")->find("name")->items()[0].text_at("family"), "Do&e");
}

TEST(Bundle, TheSameMessageIsTheSameBytes) {
  const std::string text = oru("PID|1||P1||Doe^Jane\nOBR|1||F1|A^a^L\nOBX|1|NM|W^w^L||1||||||F|||||D1^A^B\n");
  EXPECT_EQ(transaction_bundle(run(text).mapped), transaction_bundle(run(text).mapped));
}

TEST(Bundle, OfNothing) {
  EXPECT_EQ(transaction_bundle(Mapped{}), R"({"resourceType":"Bundle","type":"transaction","entry":[]})");
}

}  // namespace
}  // namespace yilian::mapping::test
