#pragma once
// The thread on which the parts do what their tables need now and then (Schema::upkeep).

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/database/database.h"

namespace yilian::database {

class Upkeep {
 public:
  Upkeep(const std::vector<Schema>& schema, const Options& options);
  ~Upkeep();
  // `every`: it looks by itself as often; 0: when told alone.
  void start(Database& database, std::chrono::milliseconds every);
  void close();
  // Told by the writer, which is not held up.
  void committed();
  void at_rest();

 private:
  using Work = std::function<bool(Database&, bool, const std::atomic<bool>&)>;
  void run(Database& database, std::chrono::milliseconds every);
  void wake(bool at_rest);

  const std::chrono::milliseconds rest_;
  std::vector<Work> works_;
  int commits_ = 0;  // the writer's own
  std::mutex mutex_;
  std::condition_variable wake_;
  bool at_rest_ = false;
  bool asked_ = true;  // what an earlier run of the program left over
  std::atomic<bool> closing_{false};
  std::thread thread_;
};

}  // namespace yilian::database
