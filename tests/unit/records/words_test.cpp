// Which texts of a resource count, and which words a text is found by.

#include "engine/records/words.h"

#include <gtest/gtest.h>

#include "engine/records/index/key.h"
#include "engine/records/texts.h"

namespace yilian::records {
namespace {

using Texts = std::vector<std::string>;

Texts words_of(std::string_view folded) {
  Texts out;
  for_words(folded, [&](const Word& word) {
    out.push_back(std::string(word.text) + (word.cut ? "…" : ""));
    return true;
  });
  return out;
}

const fhir::Json& read(const std::string& json, fhir::Arena& arena) {
  auto read = fhir::read_json(json, arena);
  EXPECT_TRUE(read) << json;
  return **read;
}

Texts texts_of(const std::string& json) {
  fhir::Arena arena;
  const fhir::Json& resource = read(json, arena);
  Texts out;
  for_texts(*fhir::resource_type(resource.text_at("resourceType")), resource,
            [&](std::string_view text, bool narrative) { out.push_back((narrative ? "N:" : "") + std::string(text)); });
  return out;
}

TEST(Words, BeginAtLettersAndAtEachCharacterThatIsNotAscii) {
  EXPECT_EQ(words_of("glucose [mass/volume] in blood"), (Texts{"glucose", "mass/volume", "volume", "in", "blood"}));
  EXPECT_EQ(words_of("8302-2"), (Texts{"8302-2", "2"}));
  EXPECT_EQ(words_of("3.9 + <5"), (Texts{"3.9", "9", "5"}));
  EXPECT_EQ(words_of("ct检查"), (Texts{"ct检查", "检查", "查"}));
  EXPECT_EQ(words_of("β2微球"), (Texts{"β2微球", "2微球", "微球", "球"}));
  EXPECT_EQ(words_of("阳性(+"), (Texts{"阳性(+", "性(+"}));
  EXPECT_EQ(words_of("患者,男,45岁"), (Texts{"患者", "者", "男", "45岁", "岁"})) << "a comma beside Chinese parts";
  EXPECT_EQ(words_of("1,25-oh"), (Texts{"1,25-oh", "25-oh", "oh"})) << "and one between numbers does not";
  EXPECT_EQ(words_of("+ - ()"), Texts{});
}

TEST(Words, LongOnesAreCutAtACharacter) {
  const std::string longest(kWordBytes, 'x');
  EXPECT_EQ(words_of(longest + "x").front(), longest + "…");
  EXPECT_EQ(words_of(longest).front(), longest);
  EXPECT_EQ(words_of("x一二三四五六七八九十一二").front(), "x一二三四五六七八九十一…");
  const Texts of_long = words_of("一二三四五 ab一二三四五 " + std::string(100, '.') + "end");
  EXPECT_EQ(of_long, (Texts{"一二三四…", "二三四五", "三四五", "四五", "五", "ab一二三四…", "一二三四…", "二三四五", "三四五", "四五", "五", "end"}));
}

TEST(Words, OfAResourceEachOnceThoseOfTheNarrativeFirst) {
  fhir::Arena arena;
  const fhir::Json& resource = read(
      R"({"resourceType":"Basic","text":{"status":"generated","div":"<div>bone pain</div>"},
          "code":{"text":"Pain of a bone","coding":[{"code":"bone","display":"Pain of a bone"}]}})", arena);
  ResourceWords words;
  for (int i = 0; i < 3; ++i) {
    words.read(*fhir::resource_type("Basic"), resource);
    Texts found;
    for (std::size_t k = 0; k < words.size(); ++k) found.emplace_back(words[k].substr(0, words[k].find('\0')));
    EXPECT_EQ(found, (Texts{"bone", "pain", "a", "generated", "of"}));
    EXPECT_EQ(words.narrative_end(), 2U);
    EXPECT_FALSE(words.has_more() || words.narrative_has_more());
  }
}

TEST(Words, OfAResourceAreNotMoreThanTheBound) {
  std::string note;
  for (std::size_t i = 0; i < kMostWords; ++i) note += "w" + std::to_string(i) + " ";
  const auto read_words = [](ResourceWords& words, const std::string& json) {
    fhir::Arena arena;
    words.read(*fhir::resource_type("Basic"), read(json, arena));
  };
  ResourceWords words;
  read_words(words, R"({"resourceType":"Basic","code":{"text":")" + note + R"("}})");
  EXPECT_EQ(words.size(), kMostWords);
  EXPECT_FALSE(words.has_more());
  read_words(words, R"({"resourceType":"Basic","code":{"text":")" + note + R"(more"}})");
  EXPECT_EQ(words.size(), kMostWords);
  EXPECT_TRUE(words.has_more());
  read_words(words, R"({"resourceType":"Basic","text":{"div":"<div>)" + note + R"(more</div>"},"code":{"text":"w0"}})");
  EXPECT_TRUE(words.narrative_has_more());
  EXPECT_FALSE(words.has_more());
  read_words(words, R"({"resourceType":"Basic","code":{"text":"few"}})");
  EXPECT_EQ(words.size(), 1U);
  EXPECT_FALSE(words.has_more() || words.narrative_has_more());
}

TEST(ResourceTexts, AreWhatPeopleReadAndCodes) {
  EXPECT_EQ(texts_of(R"({"resourceType":"Observation","id":"nr1","meta":{"profile":["http://p"],"source":"urn:x","tag":[{"system":"http://t","code":"blue"}]},
      "language":"zh","contained":[{"resourceType":"Patient","id":"c","text":{"status":"empty","div":"<div>inner</div>"},"name":[{"id":"e","family":"Li"}]}],
      "extension":[{"url":"http://e","valueString":"extended"},{"url":"http://f","valueInteger":7}],
      "identifier":[{"system":"http://s","value":"ab12"},{"value":"urn:oid:1.2.3"},{"value":"0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"},{"value":"https://x/y"}],
      "status":"final","code":{"coding":[{"system":"http://loinc.org","version":"2.7","code":"8302-2","display":"Height"}],"text":"height"},
      "subject":{"reference":"Patient/1","type":"Patient","display":"Zhang San"},"effectiveDateTime":"2026-01-01",
      "_effectiveDateTime":{"id":"q","extension":[{"url":"http://g","valueString":"beside"}]},"issued":"2026-01-01T00:00:00Z",
      "valueQuantity":{"value":3.5,"unit":"厘米","system":"http://u","code":"cm"},"note":[{"text":"a **note**"}]})"),
            (Texts{"blue", "zh", "empty", " inner ", "Li", "extended", "ab12", "final", "2.7", "8302-2", "Height", "height",
                   "Zhang San", "beside", "厘米", "cm", "a **note**"}));
}

TEST(ResourceTexts, ANarrativeIsReadWithoutItsTags) {
  EXPECT_EQ(texts_of(R"({"resourceType":"Basic","text":{"status":"generated","div":"<div>a<br/>b &lt;5 &amp;&#37;&#x4E2D;&nbsp;&eacute;&unknown; &#xD800; &</div>"}})"),
            (Texts{"N: a b <5 &%中\xC2\xA0é&unknown; &#xD800; & ", "generated"}));
  EXPECT_EQ(texts_of(R"({"resourceType":"Composition","section":[{"text":{"status":"generated","div":"<div>part</div>"}}]})"),
            (Texts{"generated", " part "})) << "a section's is content";
}

}  // namespace
}  // namespace yilian::records
