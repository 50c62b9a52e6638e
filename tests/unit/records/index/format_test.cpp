#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <random>

#include "engine/database/error.h"
#include "engine/records/index/changes.h"
#include "engine/records/index/filter.h"
#include "engine/records/index/key.h"
#include "engine/records/index/piece.h"
#include "engine/records/index/sorting.h"

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
    const std::uint64_t some = one | 1ULL << random() % 64 | (random() % 2 == 0 ? 0 : 1ULL << random() % 64);
    const Bits kinds[] = {{one, 0}, {0, one}, {random(), 0}, {0, random()}, {0xF0F0, 0x0F0F}, {some, 0}, {0xFFULL << random() % 64, 0}, {some | random() % 0xFFFF, 0}, {}};
    model[key] = kinds[random() % 9];
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

TEST(IndexPiece, FewResourcesTakeFewBytes) {
  const auto bytes_of = [](std::uint64_t set) {
    PieceWriter writer;
    writer.add("k", {set, 0});
    return writer.size() - 5;
  };
  EXPECT_EQ(bytes_of(1ULL << 40), 1U);
  EXPECT_EQ(bytes_of(1ULL << 40 | 2), 3U);
  EXPECT_EQ(bytes_of(0b111), 3U);
  EXPECT_EQ(bytes_of(1ULL << 60 | 1ULL << 30 | 1), 4U);
  EXPECT_EQ(bytes_of(0xFFFFFF), 5U);
  EXPECT_EQ(bytes_of(~0ULL), 9U);
}

TEST(IndexPiece, AKeyOfTheNextBlockTakesTwoBytesAndThoseOfAnEarlierProgramAreRead) {
  std::string key = number_key(1, 7);
  append_extra(key, 0);
  PieceWriter writer;
  for (std::int64_t block = 0; block < 200; ++block) {
    std::string whole = key;
    append_block(whole, block);
    writer.add(whole, {1ULL << block % 64, 0});
  }
  EXPECT_LT(writer.size(), 200 * 3 + 30U);
  // shared · fresh · the bytes · who
  const Piece earlier(std::string_view("\0\3abc\5" "\2\1d\x80\1\0\0\0\0\0\0\x80" "\0\1x\x45", 22));
  ASSERT_EQ(earlier.size(), 3U);
  EXPECT_EQ(earlier.key(0), "abc");
  EXPECT_EQ(earlier.bits(0).set, 1ULL << 5);
  EXPECT_EQ(earlier.key(1), "abd");
  EXPECT_EQ(earlier.bits(1).set, 1ULL << 63 | 1);
  EXPECT_EQ(earlier.key(2), "x");
  EXPECT_EQ(earlier.bits(2).clear, 1ULL << 5);
}

TEST(IndexPiece, DamageIsToldAndReadsNothingBeyond) {
  PieceWriter writer;
  for (int i = 0; i < 20; ++i) writer.add(number_key(1, i), {static_cast<std::uint64_t>(i % 3 == 0 ? 1 : i % 3 == 1 ? 0x10001 : 0x0101010101), 0});
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

std::string some_row(std::int64_t value) {
  std::string row = number_key(1, value);
  append_extra(row, 0);
  return row;
}

Piece sorted(const std::vector<std::string>& commits) {
  Sorting sorting;
  for (const std::string& changes : commits) sorting.add(changes);
  return sorting.sorted();
}

TEST(IndexChanges, TheLaterOfOneResourceCounts) {
  Changes changes;
  changes.add(3, some_row(5));
  changes.remove(3, some_row(5));
  changes.remove(4, some_row(5));
  changes.add(4, some_row(5));
  const Piece piece = sorted({changes.take()});
  ASSERT_EQ(piece.size(), 1U);
  EXPECT_EQ(piece.bits(0).set, 1ULL << 4);
  // What was there before and is said again is told too: it would be counted twice.
  EXPECT_EQ(piece.bits(0).clear, 1ULL << 3 | 1ULL << 4);
  EXPECT_TRUE(changes.empty());
}

TEST(IndexChanges, ComeBackAsTheyWereSaid) {
  Changes changes;
  changes.come(70'000, -5);
  changes.add(70'000, some_row(1));
  changes.remove(3, some_row(2));
  changes.add(70'000, some_row(3));
  changes.come(4, 6);
  changes.add(4, some_row(3));
  const std::string said = changes.take();
  EXPECT_EQ(size_of_changes(said).entries, 6U);
  EXPECT_EQ(size_of_changes(said).resources, 2U);
  using Kind = ChangesReader::Kind;
  std::vector<std::tuple<Kind, std::int64_t, std::string>> read;
  for (ChangesReader at(said); at.next();)
    read.emplace_back(at.kind(), at.rid(), at.kind() == Kind::comes ? std::to_string(at.key()) : std::string(at.row()));
  EXPECT_EQ(read, (std::vector<std::tuple<Kind, std::int64_t, std::string>>{{Kind::comes, 70'000, "-5"},
                                                                            {Kind::adds, 70'000, some_row(1)},
                                                                            {Kind::removes, 3, some_row(2)},
                                                                            {Kind::adds, 70'000, some_row(3)},
                                                                            {Kind::comes, 4, "6"},
                                                                            {Kind::adds, 4, some_row(3)}}));
}

TEST(IndexChanges, WhatTheOneBeforeHasInItsPlaceIsSaidInAByte) {
  Changes changes;
  std::size_t sizes[3];
  for (const std::int64_t rid : {1, 2, 3}) {
    changes.come(rid, rid);
    for (int i = 0; i < 6; ++i) changes.add(rid, some_row(i == 3 ? rid : 100 + i));
    Changes copy = changes;
    sizes[rid - 1] = copy.take().size();
  }
  EXPECT_LT(2 * (sizes[2] - sizes[1]), sizes[0]);
  EXPECT_EQ(size_of_changes(Changes(changes).take()).entries, 11U) << "what is said again for the same block counts once";
  const Piece piece = sorted({changes.take()});
  ASSERT_EQ(piece.size(), 11U);
  EXPECT_EQ(piece.bits(10).set, 0b1110U);
}

// In whatever place, by resources of one block and of others, new ones and known ones.
TEST(IndexChanges, ARowIsSpelledOnceACommit) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 20; ++round) {
    Changes changes;
    std::map<std::pair<std::int64_t, std::int64_t>, bool> model;  // row, resource: it has it
    std::vector<std::string> commits;
    for (std::int64_t rid = 1; rid < 200; ++rid) {
      const bool comes = random() % 3 != 0;
      if (comes) changes.come(rid, -rid);
      for (std::int64_t row = 0; row < 30; ++row) {
        if (random() % 4 == 0) continue;
        const bool adds = comes || random() % 2 == 0;
        adds ? changes.add(rid, some_row(row)) : changes.remove(rid, some_row(row));
        model[{row, rid}] = adds;
      }
      if (random() % 50 == 0) commits.push_back(changes.take());
    }
    if (!changes.empty()) commits.push_back(changes.take());
    std::map<std::pair<std::int64_t, std::int64_t>, bool> there;
    const Piece piece = sorted(commits);
    for (std::size_t i = 0; i < piece.size(); ++i) {
      if (parameter_key(kResources) == piece.key(i).substr(0, kParameterBytes)) continue;
      for (int bit = 0; bit < 64; ++bit) {
        const std::int64_t rid = block_of(piece.key(i)) * 64 + bit;
        if ((piece.bits(i).set >> bit & 1) != 0) there[{number_of(piece.key(i)), rid}] = true;
        if ((piece.bits(i).clear >> bit & 1) != 0) there[{number_of(piece.key(i)), rid}] = false;
      }
    }
    ASSERT_EQ(there, model);
  }
  Changes many;
  for (std::int64_t i = 0; i < 5000; ++i) many.add(1, some_row(i));
  const std::size_t spelled = Changes(many).take().size();
  for (std::int64_t i = 4999; i >= 0; --i) many.add(2, some_row(i));
  EXPECT_LT(many.take().size(), spelled + 3 * 5000) << "a few bytes each";
}

// The second resource has the row of the first in its place, loses it and has it again.
TEST(IndexChanges, WhatWasTakenAwayMeanwhileIsThereAgain) {
  Changes changes;
  changes.come(1, 1);
  changes.add(1, some_row(7));
  changes.add(1, some_row(7));
  changes.come(2, 2);
  changes.add(2, some_row(7));
  changes.remove(2, some_row(7));
  changes.add(2, some_row(7));
  const Piece piece = sorted({changes.take()});
  ASSERT_EQ(piece.size(), 3U);
  EXPECT_EQ(piece.bits(2).set, 0b110U);
}

TEST(IndexChanges, ALaterCommitGoesOverAFormerOne) {
  Changes changes;
  changes.add(3, some_row(5));
  const std::string former = changes.take();
  changes.remove(3, some_row(5));
  changes.add(64, some_row(-5));
  const std::string later = changes.take();
  const Piece piece = sorted({former, later});
  ASSERT_EQ(piece.size(), 2U);
  EXPECT_EQ(number_of(piece.key(0)), -5);
  EXPECT_EQ(block_of(piece.key(0)), 1);
  EXPECT_EQ(piece.bits(1).set, 0U);
  EXPECT_EQ(piece.bits(1).clear, 1ULL << 3);
}

TEST(IndexChanges, DamageIsToldAndReadsNothingBeyond) {
  Changes changes;
  for (int i = 0; i < 5; ++i) {
    changes.come(i, i);
    changes.add(i, some_row(i));
  }
  const std::string whole = changes.take();
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    const std::unique_ptr<char[]> exact(new char[cut + 1]);  // a read beyond it shows under a sanitizer
    std::copy_n(whole.data(), cut, exact.get());
    try {
      Sorting sorting;
      sorting.add({exact.get(), cut});
    } catch (const database::StorageError&) {
    }
  }
  EXPECT_THROW(Sorting().add(std::string_view("\0\5abc", 5)), database::StorageError);
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
