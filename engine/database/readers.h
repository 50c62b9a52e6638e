#pragma once
// A bounded set of reading connections, opened when first needed; the last one given back is taken first, so that few
// stay warm.

#include <condition_variable>
#include <mutex>

#include "engine/database/driver.h"

namespace yilian::database {

class Readers {
 public:
  Readers(Driver& driver, std::size_t most) : driver_(driver), most_(most == 0 ? 1 : most) {}
  // Waits for a free one, begins its snapshot. Throws StorageError.
  Connection* take();
  bool one_is_free();  // at this moment
  void give_back(Connection* connection) noexcept;
  // Waits until all are back; take() throws afterwards.
  void close();

 private:
  Driver& driver_;
  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable wake_, gone_;
  std::vector<std::unique_ptr<Connection>> free_;
  std::size_t opened_ = 0;
  bool closed_ = false;
};

}  // namespace yilian::database
