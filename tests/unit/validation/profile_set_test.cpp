#include "engine/validation/profile_set.h"

#include <filesystem>
#include <fstream>

#include "tests/unit/validation/fixture.h"

namespace yilian::validation {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProfile =
    R"({"resourceType":"StructureDefinition","url":"http://a/p","version":"1.0","type":"Patient","derivation":"constraint","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient"})";

class ProfileSetTest : public ValidationTest {
 protected:
  ProfileSetTest() { fs::create_directories(folder_ / "below"); }
  ~ProfileSetTest() override { fs::remove_all(folder_); }
  void write(const std::string& name, const std::string& text) { std::ofstream(folder_ / name) << text; }

  fs::path folder_ = fs::path(::testing::TempDir()) /
                     ("profiles-" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
};

TEST_F(ProfileSetTest, LoadsAFolderWithThoseBelow) {
  write("below/p.json", kProfile);
  write("readme.txt", "no JSON");
  EXPECT_TRUE(profiles_.load(folder_.string()).empty());
  EXPECT_EQ(profiles_.size(), 1U);
  EXPECT_TRUE(profiles_.find("http://a/p"));
  EXPECT_TRUE(profiles_.find("http://a/p|1.0"));
  EXPECT_FALSE(profiles_.find("http://a/p|2.0"));
}

TEST_F(ProfileSetTest, TellsWhatIsWrongAndKeepsTheRest) {
  write("a.json", "{");
  write("b.json", kProfile);
  write(
      "c.json",
      R"({"resourceType":"StructureDefinition","url":"http://a/q","type":"Patient","derivation":"constraint","baseDefinition":"http://a/unknown"})");
  const auto issues = profiles_.load(folder_.string());
  ASSERT_EQ(issues.size(), 2U);
  EXPECT_NE(issues[0].where.find("a.json"), std::string::npos);
  EXPECT_EQ(issues[1].where, "http://a/q");
  EXPECT_EQ(profiles_.size(), 1U);
}

TEST_F(ProfileSetTest, AFolderThatIsNotThere) { EXPECT_EQ(profiles_.load((folder_ / "none").string()).size(), 1U); }

TEST_F(ProfileSetTest, ProfilesDerivedInACircleEnd) {
  const auto profile = [](const std::string& url, const std::string& base) {
    return "{'resourceType':'StructureDefinition','url':'" + url +
           "','type':'Patient','derivation':'constraint','baseDefinition':'" + base + "'}";
  };
  EXPECT_EQ(
      profiles_.add({&read(profile("http://a/1", "http://a/2")), &read(profile("http://a/2", "http://a/1"))}).size(),
      2U);
}

}  // namespace
}  // namespace yilian::validation
