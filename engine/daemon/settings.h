#pragma once
// config/yilian.yaml as the daemon uses it.

#include <memory>
#include <string>
#include <vector>

#include "engine/api/validate.h"
#include "engine/net/http.h"
#include "engine/routing/directory.h"

namespace yilian::daemon {

struct Settings {
  std::string file;
  std::string data_folder;
  std::string database_place;   // for Database::open
  std::string pages_folder;
  net::HttpOptions http;
  api::ValidationSettings validation;
  int drain_ms = 10'000;
  std::int64_t messages_kept = 0;  // microseconds; 0: for ever
  std::string log_level = "info";
  std::shared_ptr<const routing::Directory> directory;
};

// All problems at once. `data_folder`: of the command line; empty: as the file says.
tl::expected<Settings, std::vector<Issue>> read_settings(const std::string& file, const std::string& data_folder);

// One line a problem on standard error.
void tell(const std::vector<Issue>& issues);

}  // namespace yilian::daemon
