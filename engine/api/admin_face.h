#pragma once
// What IT looks at and does: messages of the journal, destinations and deliveries, as plain JSON at /admin/v1 (docs/admin-api.yaml), and Prometheus text at
// /metrics.

#include <string>
#include <vector>

#include "engine/database/database.h"
#include "engine/net/http.h"
#include "engine/routing/alliance.h"

namespace yilian::api {

class AdminFace {
 public:
  // `data_folder`: whose disk is looked at; `store_file`: of the embedded store. Empty: none.
  AdminFace(database::Database& database, routing::Alliance& alliance, std::string version = {}, std::string data_folder = {}, std::string store_file = {})
      : database_(database), alliance_(alliance), version_(std::move(version)), data_folder_(std::move(data_folder)), store_file_(std::move(store_file)) {}

  // `path` is what follows "/admin/v1", without a leading slash.
  net::Response handle(const net::Request& request, std::string_view path);
  net::Response metrics();

  struct Call {
    const net::Request& request;
    std::vector<std::string> parts;  // what stands for {…} in the operation's path
  };
  struct Operation {
    std::string method, path;  // "messages/{number}"
    Result<std::string> (AdminFace::*run)(const Call&);
    std::vector<std::string> parameters{};  // of its query; any other is refused
  };
  static const std::vector<Operation>& operations();

 private:
  Result<std::string> status(const Call& call);
  Result<std::string> messages(const Call& call);
  Result<std::string> message(const Call& call);
  Result<std::string> explain(const Call& call);
  Result<std::string> replay(const Call& call);
  Result<std::string> replay_many(const Call& call);
  Result<std::string> replays(const Call& call);
  Result<std::string> cancel_replay(const Call& call);
  Result<std::string> bundle(const Call& call);
  Result<std::string> sent(const Call& call);
  Result<std::string> deliveries_of(const Call& call);
  Result<std::string> deliveries(const Call& call);
  Result<std::string> feeds(const Call& call);
  Result<std::string> stop_feed(const Call& call);
  Result<std::string> start_feed(const Call& call);
  Result<std::string> destinations(const Call& call);
  Result<std::string> pause(const Call& call);
  Result<std::string> resume(const Call& call);
  Result<std::string> retry_all(const Call& call);
  Result<std::string> retry(const Call& call);
  Result<std::string> drop(const Call& call);
  std::string delivery_json(const journal::Delivery& delivery) const;

  database::Database& database_;
  routing::Alliance& alliance_;
  const std::string version_, data_folder_, store_file_;
};

}  // namespace yilian::api
