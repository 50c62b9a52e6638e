#pragma once
// What IT looks at: messages of the journal and the state of the feeds, as plain JSON at /admin/v1, and Prometheus text at /metrics.

#include "engine/database/database.h"
#include "engine/net/http.h"
#include "engine/routing/alliance.h"

namespace yilian::api {

class AdminFace {
 public:
  AdminFace(database::Database& database, const routing::Alliance& alliance) : database_(database), alliance_(alliance) {}

  // `path` is what follows "/admin/v1", without a leading slash: messages, messages/<number>, messages/<number>/explain, status.
  net::Response handle(const net::Request& request, std::string_view path);
  net::Response metrics();

 private:
  Result<std::string> messages(const net::Request& request);
  Result<std::string> message(std::string_view number);
  Result<std::string> explain(std::string_view number);
  std::string status();

  database::Database& database_;
  const routing::Alliance& alliance_;
};

}  // namespace yilian::api
