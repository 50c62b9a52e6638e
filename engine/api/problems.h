#pragma once
// What is wrong right now, in the words of those who mend it: what is stuck, since when, why, what to do.

#include <string>
#include <vector>

#include "engine/base/issue.h"
#include "engine/base/time.h"
#include "engine/database/database.h"
#include "engine/routing/alliance.h"

namespace yilian::api {

struct Problem {
  Severity severity = Severity::warning;  // error: something stands; warning: it needs a look; information: somebody wanted it so
  std::string kind;                       // "destination", "feed", "messages", "disk"
  std::string name;                       // "hospital/name"; may be empty
  Instant since = 0;                      // 0: not known
  std::string what, cure;
};

// The gravest first. `data_folder`: whose disk is looked at; empty: none. Errors: storage, busy.
Result<std::vector<Problem>> problems(database::Database& database, const routing::Alliance& alliance, const std::vector<routing::Dispatcher::Status>& destinations,
                                      const std::string& data_folder);

// The disk of a folder. `size` 0: it cannot be asked.
struct Disk {
  std::uint64_t size = 0, free = 0;
};
Disk disk_of(const std::string& folder);

}  // namespace yilian::api
