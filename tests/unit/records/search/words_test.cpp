// _text and _content: what is found, by whatever way it comes into the index; and that it is what the texts say.

#include <random>

#include "engine/records/expunge.h"
#include "engine/records/search/concept_text.h"
#include "engine/records/search/verify.h"
#include "engine/records/search/words.h"
#include "engine/records/words.h"
#include "engine/text/fold.h"
#include "tests/unit/records/index_check.h"

namespace yilian::records {
namespace {

using Ids = std::vector<std::string>;

class SearchForWords : public StoreFixture {
 protected:
  static std::string basic(const std::string& id, const std::string& text, const std::string& narrative = "") {
    std::string out = R"({"resourceType":"Basic","id":")" + id + "\"";
    if (!narrative.empty()) out += R"(,"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">)" + narrative + "</div>\"}";
    return out + R"(,"code":{"text":)" + quoted(text) + "}}";
  }
  static std::string quoted(const std::string& text) {
    std::string out;
    fhir::write_json_string(text, out);
    return out;
  }
  Ids content(const std::string& asked) { return found("Basic", "_content", asked); }
  Ids text(const std::string& asked) { return found("Basic", "_text", asked); }
};

TEST_F(SearchForWords, EnglishByTheBeginningsOfWords) {
  put(basic("a", "Glucose [Mass/volume] in Blood"));
  put(basic("b", "Blood pressure, 8302-2"));
  EXPECT_EQ(content("gluc"), (Ids{"a"}));
  EXPECT_EQ(content("GLUCOSE"), (Ids{"a"}));
  EXPECT_EQ(content("lucose"), Ids{});
  EXPECT_EQ(content("volume"), (Ids{"a"}));
  EXPECT_EQ(content("mass/vol"), (Ids{"a"}));
  EXPECT_EQ(content("blood"), (Ids{"a", "b"}));
  EXPECT_EQ(content("8302-2"), (Ids{"b"}));
  EXPECT_EQ(content("blood glucose"), (Ids{"a"}));
  EXPECT_EQ(content("blood AND pressure"), (Ids{"b"}));
  EXPECT_EQ(content("glucose OR pressure"), (Ids{"a", "b"}));
  EXPECT_EQ(content("(glucose OR pressure) volume"), (Ids{"a"}));
  EXPECT_EQ(content("glucose,pressure"), (Ids{"a", "b"}));
  EXPECT_EQ(content("\"in blood\""), (Ids{"a"}));
  EXPECT_EQ(content("\"blood in\""), Ids{});
  EXPECT_EQ(content("\"blood press\""), (Ids{"b"}));
  EXPECT_EQ(content("+"), Ids{});
}

TEST_F(SearchForWords, OfOneQuestionAreNotMoreThanTheBound) {
  put(basic("a", "Glucose"));
  std::string many = "g";
  for (std::size_t i = 1; i < kMostWordsAsked; ++i) many += i % 2 == 0 ? " g" : " OR g";
  EXPECT_EQ(content(many), (Ids{"a"}));
  EXPECT_EQ(refusal("Basic", {{"_content", many + " g"}}), Code::bad_value);
  EXPECT_EQ(refusal("Basic", {{"_content", many + ",g"}}), Code::bad_value);
}

TEST_F(SearchForWords, ChineseAnywhere) {
  put(basic("a", "空腹血糖测定"));
  put(basic("b", "頭顱CT檢查，未見異常"));
  put(basic("c", "乙肝表面抗原：阳性(+)"));
  put(basic("d", "β2微球蛋白 3.9 mg/L"));
  EXPECT_EQ(content("血糖"), (Ids{"a"}));
  EXPECT_EQ(content("定"), (Ids{"a"}));
  EXPECT_EQ(content("空腹血糖测定"), (Ids{"a"}));
  EXPECT_EQ(content("血测"), Ids{});
  EXPECT_EQ(content("头颅ct检查"), (Ids{"b"})) << "simplified and small";
  EXPECT_EQ(content("ct"), (Ids{"b"}));
  EXPECT_EQ(content("检查,阳性"), (Ids{"b", "c"})) << "that is two";
  EXPECT_EQ(content("检查\\,未见"), (Ids{"b"}));
  EXPECT_EQ(content("\"阳性(+)\""), (Ids{"c"}));
  EXPECT_EQ(content("\"性(+\""), (Ids{"c"}));
  EXPECT_EQ(content("β2微球"), (Ids{"d"}));
  EXPECT_EQ(content("2微球蛋白"), (Ids{"d"}));
  EXPECT_EQ(content("3.9"), (Ids{"d"}));
  EXPECT_EQ(content("血糖 OR 蛋白"), (Ids{"a", "d"}));
}

TEST_F(SearchForWords, WhatWasSaidBeforeIsNotFound) {
  put(basic("a", "bone pain", "narrated"));
  put(basic("a", "bone fracture", "told"));
  EXPECT_EQ(content("bone"), (Ids{"a"}));
  EXPECT_EQ(content("pain"), Ids{});
  EXPECT_EQ(content("fracture"), (Ids{"a"}));
  EXPECT_EQ(text("narrated"), Ids{});
  EXPECT_EQ(text("told"), (Ids{"a"}));
  expect_index_is_exact();
  remove("Basic", "a");
  EXPECT_EQ(content("bone"), Ids{});
  expect_index_is_exact();
  put(basic("a", "bone again"));
  EXPECT_EQ(content("bone"), (Ids{"a"}));
  ASSERT_TRUE(expunge(*database_, {.type = "Basic", .id = "a", .everything = true}, 100));
  EXPECT_EQ(content("bone"), Ids{});
  database_->read([](database::Connection& reader) {
    for (const auto& [row, rid] : index_of(reader)) EXPECT_EQ(row.find("bone"), std::string::npos);
    return 0;
  });
}

TEST_F(SearchForWords, ANarrativeAloneIsWhatTextAsks) {
  put(basic("a", "liver", "<b>bone</b> &#x80BA;"));
  put(basic("b", "bone"));
  put(R"({"resourceType":"Composition","id":"c","status":"final","type":{"text":"x"},"date":"2026","author":[{"display":"y"}],"title":"z",
          "section":[{"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">bone</div>"}}]})");
  EXPECT_EQ(text("bone"), (Ids{"a"}));
  EXPECT_EQ(text("肺"), (Ids{"a"}));
  EXPECT_EQ(text("liver"), Ids{});
  EXPECT_EQ(text("div"), Ids{});
  EXPECT_EQ(text("generated"), Ids{});
  EXPECT_EQ(content("bone"), (Ids{"a", "b"}));
  EXPECT_EQ(content("bone liver"), (Ids{"a"}));
  EXPECT_EQ(found("Composition", "_text", "bone"), Ids{});
  EXPECT_EQ(found("Composition", "_content", "bone"), (Ids{"c"}));
}

TEST_F(SearchForWords, OfMoreWordsThanTheIndexHasNoneIsMissed) {
  std::string note = "first ";
  for (int i = 0; i < 6000; ++i) note += "w" + std::to_string(i) + " ";
  put(basic("a", note + "last"));
  put(basic("b", "last"));
  put(basic("c", "short", note + "last"));
  EXPECT_EQ(content("first"), (Ids{"a", "c"}));
  EXPECT_EQ(content("last"), (Ids{"a", "b", "c"}));
  EXPECT_EQ(content("w5999"), (Ids{"a", "c"}));
  EXPECT_EQ(content("w6000"), Ids{});
  EXPECT_EQ(text("last"), (Ids{"c"}));
  EXPECT_EQ(text("short"), Ids{});
  EXPECT_EQ(content("short"), (Ids{"c"}));
  put(basic("a", "little"));
  EXPECT_EQ(content("w5999"), (Ids{"c"}));
  expect_index_is_exact();
}

TEST_F(SearchForWords, ALongChineseTextIsFoundByItsPartsAndByWhatIsLong) {
  std::string note;
  for (int i = 0; i < 20; ++i) note += "患者因反复胸闷入院。";
  put(basic("a", note + "诊断为冠状动脉粥样硬化性心脏病伴高血压"));
  put(basic("b", "冠状动脉粥样硬化性心脏病"));
  put(basic("c", note + "冠状动脉粥样。动脉粥样硬化性心脏"));
  EXPECT_EQ(content("动脉粥样"), (Ids{"a", "b", "c"}));
  EXPECT_EQ(content("冠状动脉粥样硬化性心脏病"), (Ids{"a", "b"}));
  EXPECT_EQ(content("冠状动脉粥样硬化性心脏病伴高血压"), (Ids{"a"}));
  EXPECT_EQ(content("动脉粥样硬化性"), (Ids{"a", "b", "c"}));
}

TEST_F(SearchForWords, OtherConditionsAndTotals) {
  for (int i = 0; i < 200; ++i) {
    put(R"({"resourceType":"Observation","id":"o)" + std::to_string(i) + R"(","status":")" + (i % 3 == 0 ? "amended" : "final") +
        R"(","code":{"text":"x"},"note":[{"text":"kind )" + std::to_string(i % 2) + "\"}]}");
  }
  EXPECT_EQ(search("Observation", {{"_content", "kind"}})->total, 200);
  EXPECT_EQ(search("Observation", {{"_content", "kind"}, {"status", "amended"}})->total, 67);
  EXPECT_EQ(search("Observation", {{"_content", "\"kind 1\""}})->total, 100);
  EXPECT_EQ(search("Observation", {{"_content", "\"kind 1\""}, {"status", "amended"}})->total, 33);
  EXPECT_EQ(search("Observation", {{"_content", "kind"}, {"_id", "o7"}})->total, 1);
  EXPECT_EQ(search("Observation", {{"_content", "kind"}, {"_content", "amended"}})->total, 67);
}

// Random texts of what is hard to tell apart, random questions for parts of them.
class RandomWords : public SearchForWords, public ::testing::WithParamInterface<unsigned> {
 protected:
  struct Resource {
    std::vector<std::string> texts;  // folded, the narrative first when there is one
    bool narrative;
  };

  std::size_t below(std::size_t end) { return random_() % end; }
  template <class List>
  const auto& one_of(const List& list) {
    return list[below(list.size())];
  }

  std::string made_text(std::size_t parts) {
    static const std::vector<std::string> kParts{"ct", "glucose", "gluc", "a", "3.9", "hiv-1", "检查", "葡萄糖", "β2微球蛋白", "阳", "性", "+", "%", "<5",
                                                 ",", "，", "。", ".", " ", " ", " ", "-", "/", "1", "25-羟", "о", "(", ")", ":", "é", "１２", "頭", "a1", "'s", "检"};
    std::string out;
    for (std::size_t i = 0; i < parts; ++i) out += one_of(kParts);
    return out;
  }

  // From any character on to any other.
  std::string part_of(const std::string& text) {
    std::vector<std::size_t> ends;
    for (std::size_t i = 0; i <= text.size(); ++i) {
      if (i == text.size() || (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) ends.push_back(i);
    }
    const std::size_t from = below(ends.size()), length = 1 + below(below(4) == 0 ? 40 : 6);
    return text.substr(ends[from], ends[std::min(from + length, ends.size() - 1)] - ends[from]);
  }

  void make(std::size_t i) {
    const std::string id = "r" + std::to_string(i);
    const bool narrative = below(3) == 0;
    const std::string code = made_text(1 + below(10)), note = made_text(1 + below(below(3) == 0 ? 80 : 8)), own = made_text(1 + below(60));
    std::string json = R"({"resourceType":"Basic","id":")" + id + "\"";
    Resource made{{}, narrative};
    if (narrative) {
      std::string escaped;
      for (const char c : own) escaped += c == '<' ? "&lt;" : std::string(1, c);
      json += R"(,"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">)" + escaped + "</div>\"}";
      made.texts.push_back(text::fold(own));
      made.texts.emplace_back("generated");
    }
    json += R"(,"code":{"text":)" + quoted("c" + code) + R"(},"extension":[{"url":"http://e","valueString":)" + quoted("n" + note) + "}]}";
    made.texts.push_back(text::fold("c" + code));
    made.texts.push_back(text::fold("n" + note));
    if (below(4) == 0) asked_from_.push_back(own);
    asked_from_.push_back(code);
    asked_from_.push_back(note);
    ASSERT_TRUE(put(json));
    known_[id] = made;
  }

  static bool has(const Resource& resource, bool narrative, const std::string& word) {
    if (narrative) return resource.narrative && concept_text_matches(resource.texts.front(), word);
    return std::any_of(resource.texts.begin(), resource.texts.end(), [&](const std::string& text) { return concept_text_matches(text, word); });
  }

  // A word of a question, as it is written there; empty: nothing that could be asked.
  std::string written(const std::string& word) {
    if (text::fold(word).empty()) return {};
    std::string out;
    for (const char c : word) out += c == ',' ? "\\," : std::string(1, c);
    return word.find_first_of(" ()") == std::string::npos ? out : "\"" + out + "\"";
  }

  void ask(bool narrative) {
    std::string question;
    std::vector<std::vector<std::string>> any;  // of all
    for (std::size_t i = 1 + below(2); i > 0; --i) {
      std::vector<std::string> all;
      for (std::size_t k = 1 + below(2); k > 0; --k) {
        const std::string word = part_of(one_of(asked_from_));
        if (word.find('"') != std::string::npos || written(word).empty()) continue;
        if (!question.empty()) question += all.empty() ? " OR " : " ";
        question += written(word);
        all.push_back(text::fold(word));
      }
      if (!all.empty()) any.push_back(std::move(all));
    }
    if (any.empty()) return;
    Ids meant;
    for (const auto& [id, resource] : known_) {
      const bool matches = std::any_of(any.begin(), any.end(), [&](const auto& all) {
        return std::all_of(all.begin(), all.end(), [&](const std::string& word) { return has(resource, narrative, word); });
      });
      if (matches) meant.push_back(id);
    }
    std::sort(meant.begin(), meant.end());
    const auto page = search("Basic", {{narrative ? "_text" : "_content", question}, {"_count", "1000"}});
    ASSERT_TRUE(page) << question << ": " << page.error().line();
    Ids there;
    for (const Match& match : page->entries) there.push_back(match.resource.id);
    std::sort(there.begin(), there.end());
    EXPECT_EQ(there, meant) << (narrative ? "_text=" : "_content=") << question;
    EXPECT_EQ(page->total, static_cast<std::int64_t>(meant.size()));
    if (meant.empty()) return;
    ++found_some_;
  }

  std::mt19937 random_{GetParam()};
  std::map<std::string, Resource> known_;
  std::vector<std::string> asked_from_;
  int found_some_ = 0;
};

TEST_P(RandomWords, AreFoundAsTheTextsSay) {
  for (std::size_t i = 0; i < 120; ++i) make(i);
  for (int i = 0; i < 150; ++i) ask(i % 4 == 0);
  for (std::size_t i = 0; i < 60; ++i) make(below(120));
  for (int i = 0; i < 20; ++i) {
    const std::string id = "r" + std::to_string(below(120));
    remove("Basic", id);
    known_.erase(id);
  }
  for (int i = 0; i < 150; ++i) ask(i % 4 == 0);
  EXPECT_GT(found_some_, 50);
  expect_index_is_exact();
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomWords, ::testing::Range(1U, 7U));

}  // namespace
}  // namespace yilian::records
