#include "engine/api/admin_face.h"

#include <algorithm>
#include <fstream>

#include "engine/fhir/json.h"
#include "engine/records/store.h"
#include "engine/routing/process.h"
#include "tests/unit/database/temporary.h"

namespace yilian::api {
namespace {

// One hospital with the shipped mappings, and messages that its feed took.
class Admin : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(folder_.file("county.yaml")) << "hospital: {code: county, name: County}\nfeeds:\n  - {name: his, mllp: {listen: \"127.0.0.1:2575\"}}\n";
    const auto root = config::read_text("mappings: " YILIAN_SOURCE_DIR "/mappings/hl7v2\nhospitals: " + folder_.file("county.yaml") + "\n", folder_.file("yilian.yaml"));
    ASSERT_TRUE(root);
    auto directory = routing::Directory::load(*root);
    ASSERT_TRUE(directory) << directory.error().front().line();
    directory_ = *directory;
    auto opened = database::Database::open(folder_.file("store.db"), {journal::schema(), records::schema(), routing::schema()});
    ASSERT_TRUE(opened) << opened.error().line();
    database_ = std::move(*opened);
    alliance_.emplace(*database_, directory_);
    face_.emplace(*database_, *alliance_);
  }
  std::int64_t keep(const std::string& raw, const char* feed = "his") {
    const auto entry = routing::process(directory_->inlet("county", feed), {raw, "peer", 1}).entry;
    std::int64_t number = 0;
    EXPECT_TRUE(database_->write([&](database::Connection& writer) -> Result<void> {
      number = journal::append(writer, entry);
      return {};
    }));
    return number;
  }
  net::Response get(const std::string& path) {
    net::Request request;
    request.method = "GET";
    return face_->handle(request, path);
  }
  const fhir::Json& json(const net::Response& response) {
    EXPECT_EQ(response.status, 200) << response.body;
    return **fhir::read_json(arena_.copy(response.body), arena_);
  }
  std::size_t total(const fhir::Json& answer, const char* name) { return std::stoul(std::string(answer.find(name)->text())); }

  testing::TemporaryFolder folder_;
  std::shared_ptr<const routing::Directory> directory_;
  std::unique_ptr<database::Database> database_;
  std::optional<routing::Alliance> alliance_;
  std::optional<AdminFace> face_;
  fhir::Arena arena_;
};

constexpr const char* kMessage = "MSH|^~\\&|HIS|COUNTY|Y|A|20261124080000||ADT^A01|7|P|2.5|||||||UNICODE UTF-8\rEVN||20261124080000\rPID|1||12^^^A^MR||张^三||19800101|Q|||||||||||||||||||||||||||||ZZ未用\rPV1|1|I\r";

TEST_F(Admin, AMessageIsExplained) {
  const std::string text(kMessage);
  const auto response = get("messages/" + std::to_string(keep(text)) + "/explain");
  const fhir::Json& answer = json(response);
  EXPECT_EQ(answer.find("error"), nullptr);
  EXPECT_EQ(answer.find("mappingChanged"), nullptr);

  std::string unused;
  for (const fhir::Json& part : answer.find("unused")->items()) {
    const std::size_t begin = total(part, "begin"), end = total(part, "end");
    EXPECT_EQ(text.substr(begin, end - begin), part.text_at("text"));  // of the message, not of the segment
    unused.append(part.text_at("segment")).append(" ").append(part.text_at("field")).append(" ").append(part.text_at("why")).append("\n");
  }
  EXPECT_THAT(unused, ::testing::HasSubstr("PID[1] PID-37 never\n"));
  EXPECT_THAT(unused, ::testing::HasSubstr("PID[1] PID-1 set_id\n"));
  EXPECT_EQ(total(answer, "unusedTotal"), answer.find("unused")->size());

  const auto& fallbacks = answer.find("fallbacks")->items();
  const auto sex = std::find_if(fallbacks.begin(), fallbacks.end(), [](const fhir::Json& each) { return each.text_at("field") == "PID-8"; });
  ASSERT_NE(sex, fallbacks.end()) << response.body;
  EXPECT_EQ(sex->text_at("kind"), "unmapped_code");
  EXPECT_THAT(std::string(sex->text_at("what")), ::testing::StartsWith("'Q' is not in table AdministrativeSex"));
  EXPECT_THAT(std::string(sex->text_at("rulePlace")), ::testing::StartsWith("segments/PID[Patient].yaml:"));
  EXPECT_EQ(total(answer, "fallbacksTotal"), fallbacks.size());
  EXPECT_THAT(response.body, ::testing::HasSubstr(R"("field":"PID-8","what":"'Q' is not in table AdministrativeSex","rule":)"));
}

TEST_F(Admin, WhatCannotBeMappedSaysWhy) {
  const auto unreadable = get("messages/" + std::to_string(keep("MSH|^~\\&|HIS|COUNTY|Y|A|20261124||ADT^A01|8|P|2.5\rPID|1||\xFF\xFE\x80|\xFF\r")) + "/explain");
  EXPECT_FALSE(json(unreadable).text_at("error").empty()) << unreadable.body;
  EXPECT_EQ(json(unreadable).find("unused")->size(), 0u);
  const auto unknown = get("messages/" + std::to_string(keep(kMessage, "nobody's")) + "/explain");
  EXPECT_THAT(std::string(json(unknown).text_at("error")), ::testing::HasSubstr("no feed took it"));
}

TEST_F(Admin, AnExplanationIsBounded) {
  std::string text(kMessage);
  for (int i = 0; i < 3000; ++i) text.append("ZZ1|nothing uses this\r");
  const auto& answer = json(get("messages/" + std::to_string(keep(text)) + "/explain"));
  EXPECT_EQ(answer.find("unused")->size(), 2000u);
  EXPECT_GE(total(answer, "unusedTotal"), 3000u);
}

TEST_F(Admin, OnlyWhatIsThereIsServed) {
  const std::string number = std::to_string(keep(kMessage));
  EXPECT_EQ(get("messages/" + number).status, 200);
  EXPECT_EQ(get("messages/999/explain").status, 404);
  EXPECT_EQ(get("messages/seven/explain").status, 422);
  EXPECT_EQ(get("messages//explain").status, 422);
  EXPECT_EQ(get("messages/" + number + "/other").status, 404);
  EXPECT_EQ(get("messages/" + number + "/explain/more").status, 404);
}

}  // namespace
}  // namespace yilian::api
