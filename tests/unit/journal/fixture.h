#pragma once
// An empty journal, whose upkeep is done by hand.

#include <gtest/gtest.h>

#include <atomic>
#include <memory>

#include "engine/journal/journal.h"
#include "tests/unit/database/store_place.h"

namespace yilian::journal {

class JournalFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = database::Database::open(folder_.place(), {{schema().part, schema().migrations, {}, schema().postgres}});
    ASSERT_TRUE(opened) << opened.error().line();
    database_ = std::move(*opened);
    ASSERT_TRUE(database_->keeps());
  }
  template <class F>
  void write(F&& task) {
    const auto done = database_->write([&](database::Connection& writer) -> Result<void> {
      task(writer);
      return {};
    });
    ASSERT_TRUE(done) << done.error().line();
  }
  template <class F>
  auto read(F&& query) {
    return database_->read([&](database::Connection& reader) { return query(reader); });
  }

  testing::StorePlace folder_;
  std::unique_ptr<database::Database> database_;
  const std::atomic<bool> closing_{false};
};

}  // namespace yilian::journal
