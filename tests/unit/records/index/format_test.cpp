#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <random>

#include "engine/database/error.h"
#include "engine/records/index/changes.h"
#include "engine/records/index/filter.h"
#include "engine/records/index/key.h"
#include "engine/records/index/piece.h"

namespace yilian::records {
namespace {

TEST(IndexKey, OrderIsThatOfTheValues) {
  const std::int64_t least = std::numeric_limits<std::int64_t>::min(), most = std::numeric_limits<std::int64_t>::max();
  std::string last;
  for (const std::int64_t value : {least, least + 1, std::int64_t{-256}, std::int64_t{-1}, std::int64_t{0},
                                   std::int64_t{1}, std::int64_t{255}, most}) {
    const std::string key = number_key(7, value);
    EXPECT_LT(last, key);
    EXPECT_EQ(number_of(key), value);
    last = key;
  }
  EXPECT_LT(last, parameter_key(8));
  EXPECT_EQ(after_all(number_key(7, most)), parameter_key(8));
}

TEST(IndexKey, PartsComeBack) {
  for (const std::int64_t extra : {std::int64_t{0}, std::int64_t{1}, std::int64_t{255}, std::int64_t{256},
                                   std::int64_t{-1}, std::int64_t{1} << 40, std::numeric_limits<std::int64_t>::min()}) {
    std::string number = number_key(3, 42), text = parameter_key(3);
    append_text(text, "张三");
    for (std::string* key : {&number, &text}) {
      append_extra(*key, extra);
      append_block(*key, 70'000);
      EXPECT_EQ(block_of(*key), 70'000);
    }
    EXPECT_EQ(extra_of_number(number), extra);
    EXPECT_EQ(text_of(text), "张三");
  }
}

TEST(IndexKey, TextThatBeginsAnotherComesBeforeIt) {
  const auto key = [](std::string_view text) {
    std::string out = parameter_key(1);
    append_text(out, text);
    append_extra(out, 0);
    append_block(out, 9);
    return out;
  };
  EXPECT_LT(key("li"), key("li wei"));
  EXPECT_LT(key(""), key("a"));
  EXPECT_EQ(key(std::string_view("a\0b", 3)), key("a\x01" "b"));  // a zero would end it
}

TEST(IndexPiece, ComesBackAndIsFoundIn) {
  std::mt19937_64 random(5);
  std::map<std::string, Bits> model;
  for (int i = 0; i < 500; ++i) {
    std::string key = number_key(static_cast<std::uint32_t>(random() % 4), static_cast<std::int64_t>(random() % 90));
    append_extra(key, static_cast<std::int64_t>(random() % 3));
    append_block(key, static_cast<std::int64_t>(random() % 5));
    const std::uint64_t one = 1ULL << random() % 64;
    const Bits kinds[] = {{one, 0}, {0, one}, {random(), 0}, {0, random()}, {0xF0F0, 0x0F0F}};
    model[key] = kinds[random() % 5];
  }
  PieceWriter writer;
  for (const auto& [key, bits] : model) writer.add(key, bits);
  EXPECT_EQ(writer.first(), model.begin()->first);
  const Piece piece(writer.bytes());
  ASSERT_EQ(piece.size(), model.size());
  std::size_t i = 0;
  for (const auto& [key, bits] : model) {
    EXPECT_EQ(piece.key(i), key);
    EXPECT_EQ(piece.bits(i).set, bits.set);
    EXPECT_EQ(piece.bits(i).clear, bits.clear);
    EXPECT_EQ(piece.lower_bound(key), i);
    EXPECT_EQ(piece.lower_bound(key + '\0'), i + 1);
    ++i;
  }
}

TEST(IndexPiece, DamageIsToldAndReadsNothingBeyond) {
  PieceWriter writer;
  for (int i = 0; i < 20; ++i) writer.add(number_key(1, i), {static_cast<std::uint64_t>(i % 3 + 1), 0});
  const std::string whole = writer.bytes();
  for (std::size_t cut = 1; cut < whole.size(); ++cut) {
    const std::unique_ptr<char[]> exact(new char[cut]);  // a read beyond it shows under a sanitizer
    std::copy_n(whole.data(), cut, exact.get());
    try {
      EXPECT_LT(Piece({exact.get(), cut}).size(), 20U);  // cut between two entries
    } catch (const database::StorageError&) {
    }
  }
  std::string wrong = whole;
  wrong[0] = 5;  // the first key shares nothing
  EXPECT_THROW(Piece{wrong}, database::StorageError);
}

TEST(IndexChanges, TheLaterOfOneResourceCounts) {
  Changes changes;
  std::string row = number_key(1, 5);
  append_extra(row, 0);
  changes.add(3, row);
  changes.remove(3, row);
  changes.remove(4, row);
  changes.add(4, row);
  const Piece piece(changes.take());
  ASSERT_EQ(piece.size(), 1U);
  EXPECT_EQ(piece.bits(0).set, 1ULL << 4);
  EXPECT_EQ(piece.bits(0).clear, 1ULL << 3);
  EXPECT_TRUE(changes.empty());
}

TEST(IndexFilter, KnowsAllThatItWasToldAndFewOthers) {
  std::mt19937_64 random(9);
  Filter made(20'000);
  std::vector<std::int64_t> told;
  for (int i = 0; i < 20'000; ++i) told.push_back(static_cast<std::int64_t>(random()));
  for (const std::int64_t key : told) made.add(key);
  const Filter filter{std::string_view(made.bytes())};
  for (const std::int64_t key : told) ASSERT_TRUE(filter.may_hold(key));
  int wrong = 0;
  for (int i = 0; i < 20'000; ++i) wrong += filter.may_hold(static_cast<std::int64_t>(random())) ? 1 : 0;
  EXPECT_LT(wrong, 600);
  EXPECT_TRUE(Filter(std::string_view("damaged")).may_hold(1));
}

}  // namespace
}  // namespace yilian::records
