#pragma once
// The clock to wait by.

#include <chrono>

#include "engine/base/time.h"

namespace yilian {

// Microseconds since some moment of this run of the machine, which no setting of the clock moves.
inline Instant steady_now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace yilian
