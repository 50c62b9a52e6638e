// What is taken from the memo is what would have been made: a traced run, which takes nothing, is the measure.

#include "tests/unit/mapping/fixture.h"

namespace yilian::mapping::test {
namespace {

std::string everything(const Done& done) {
  std::string text;
  for (const Made& made : done.mapped.resources) {
    text += fhir::write_json(*made.resource) + "\n";
    for (const auto& path : made.cleared) text += "cleared " + path + "\n";
    for (const auto& element : made.assumed) text += "assumed " + element + "\n";
  }
  text += transaction_bundle(done.mapped) + "\n";
  for (const Notice& notice : done.mapped.notices) text += notice.where + ": " + notice.what + " " + notice.rule + "\n";
  return text;
}

// Kept is what comes again and again; then it is copied, and its JSON is made once.
constexpr int kRuns = 6;

void expect_same(const std::string& message, Context how = context()) {
  std::vector<std::string> plain;
  for (int i = 0; i < kRuns; ++i) plain.push_back(everything(run(*shared_mapping(), message, how)));
  how.trace = true;
  EXPECT_THAT(plain, testing::Each(everything(run(*shared_mapping(), message, how))));
}

TEST(Memo, TheSameMessageAgainMakesTheSame) {
  expect_same(
      oru("PID|1||P1^^^A^MR~P2^^^B^PI||Doe^Jane~Roe^Jane||19800102|F\nOBR|1||F1|A^a^L^B^b^LN\n"
          "OBX|1|NM|W^w^L||6.50|g|1-2|N|||F|||||D2^Wang^Yi\nOBX|2|NM|V^v^L||6.50|g|1-2|N|||F|||||D2^Wang^Yi\n"));
}

TEST(Memo, AValueIsKeptWithTheFieldsThatItsMapReads) {
  expect_same(oru("PID|1||P1^^^A^MR\nOBR|1||F1|A^a^L\nOBX|1|NM|W^w^L||6.5|g|1-2||||F\nOBX|2|NM|V^v^L||6.5|kg|1-2||||F\n"));
  expect_same(oru("PID|1||P1^^^A^MR\nOBR|1||F1|A^a^L\nOBX|1|NM|W^w^L||6.5||1-2||||F\nOBX|2|NM|V^v^L||6.5|g|1-2||||F\n"));
}

TEST(Memo, NoticesAndDeletionsComeEveryTime) {
  expect_same(adt("PID|1||P1^^^A^MR||Doe^Jane||19800102|Q\nPV1|1|?|W^1^2\n"));
  expect_same(adt("PID|1||P1^^^A^MR||Doe^\"\"||\"\"|F\n"));
  expect_same(oru("PID|1||P1^^^A^MR\nOBR|1||F1|A^a^L\nOBX|1|NM|W^w^L||6.5|g|1-2|??|||?\n"));
}

TEST(Memo, HospitalFeedAndDelimitersTellValuesApart) {
  const std::string text = oru("PID|1||P1^^^A^MR\nOBR|1||F1|A^a^L\nOBX|1|NM|W^w^L||6.5|g|1-2||||F\n");
  std::string other = text;
  for (char& c : other) c = c == '^' ? '&' : c == '&' ? '^' : c;  // in the header, too: components and subcomponents
  Context how = context();
  for (const std::string hospital : {"xinghe", "yunshan", "xinghe"}) {
    how.hospital = hospital;
    expect_same(text, how);
    expect_same(other, how);
  }
  how.feed = "his";
  expect_same(text, how);
}

// A unit is a part of what NM makes; the range beside it is made of another field, into the same element or not.
TEST(Memo, ACopyThatIsChangedIsCheckedAndWrittenAnew) {
  for (const std::string flag : {"N", "H^high^L", "N^^L", "\"quoted\"", "a\\T\\b"}) {
    for (const std::string range : {"1-2", "<5", "1-2~3-4", "none"}) {
      expect_same(oru("PID|1||P1^^^A^MR\nOBR|1||F1|A^a^L\nOBX|1|NM|W^w^L||6.5|g|" + range + "|" + flag +
                      "|||F\nOBX|2|NM|V^v^L||6.5|g|" + range + "|" + flag + "|||F\n"));
    }
  }
}

// A practitioner, a place, their organization: resources that values make, with those that these name.
TEST(Memo, ResourcesOfAValueComeAgain) {
  for (const std::string doctor : {"D1^Li^Wei", "^Li^Wei", "D1", "D1^Li^Wei~D2^Wang^Yi", "D1^Li^Wei~D1^Li^Wei", "\"\"", "^^"}) {
    for (const std::string place : {"W1^101^1", "W1^^1^H", "W1", "", "W1^101^1^H&1.2.3&ISO"}) {
      expect_same(adt("PID|1||P1^^^A^MR\nPV1|1|I|" + place + "||||" + doctor + "|D1^Li^Wei|||||||||||V1\n"));
    }
  }
}

TEST(Memo, ManyValuesPushOutOldOnes) {
  for (int i = 0; i < 12'000; ++i) {
    const std::string n = std::to_string(i);
    for (int times = 0; times < 4; ++times) run(oru("PID|1||P" + n + "^^^A^MR||Family" + n + "^Given\nOBR|1||F" + n + "|A" + n + "^a^L\n"));
  }
  expect_same(oru("PID|1||P1^^^A^MR||Family1^Given\nOBR|1||F1|A1^a^L\n"));
}

}  // namespace
}  // namespace yilian::mapping::test
