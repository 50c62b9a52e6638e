#include "engine/net/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace yilian::net {
namespace {

TEST(WorkerPool, RunsAsManyAtOnceAsItHasThreadsAndNoMore) {
  WorkerPool pool(3, 100);
  std::atomic<int> now{0}, most{0}, done{0};
  std::promise<void> go;
  const auto gate = go.get_future().share();
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(pool.run([&] {
      const int here = ++now;
      for (int seen = most; seen < here && !most.compare_exchange_weak(seen, here);) {
      }
      gate.wait();
      --now;
      ++done;
    }));
  }
  while (now < 3) std::this_thread::yield();
  go.set_value();
  while (done < 10) std::this_thread::yield();
  EXPECT_EQ(most, 3);
}

TEST(WorkerPool, RefusesWhatDoesNotFit) {
  WorkerPool pool(1, 2);
  std::promise<void> go, begun;
  ASSERT_TRUE(pool.run([&, gate = go.get_future().share()] {
    begun.set_value();
    gate.wait();
  }));
  begun.get_future().wait();
  EXPECT_TRUE(pool.run([] {}));
  EXPECT_TRUE(pool.run([] {}));
  EXPECT_FALSE(pool.run([] {}));
  go.set_value();
}

TEST(WorkerPool, StopWaitsForTheBegunAndDropsTheRest) {
  WorkerPool pool(1, 10);
  std::promise<void> begun;
  std::atomic<bool> first{false}, second{false};
  ASSERT_TRUE(pool.run([&] {
    begun.set_value();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    first = true;
  }));
  begun.get_future().wait();
  ASSERT_TRUE(pool.run([&] { second = true; }));
  pool.stop();
  EXPECT_TRUE(first);
  EXPECT_FALSE(second);
  EXPECT_FALSE(pool.run([] {}));
}

}  // namespace
}  // namespace yilian::net
