#pragma once
// All faces behind one HTTP handler.

#include <atomic>
#include <string>

#include "engine/api/admin_face.h"
#include "engine/api/fhir_face.h"
#include "engine/api/pages.h"

namespace yilian::api {

class Faces {
 public:
  Faces(database::Database& database, routing::Alliance& alliance, const std::string& pages_folder, const std::string& version,
        ValidationSettings validation = {}, const std::string& data_folder = {}, const std::string& store_file = {})
      : database_(database), fhir_(database, alliance, version, std::move(validation)), admin_(database, alliance, version, data_folder, store_file), pages_(pages_folder) {}

  // A request's X-Request-Id comes back with the answer; what fails is logged with it.
  net::Response handle(const net::Request& request);
  // Answered without waiting: one resource as JSON while a reader is free, and whether the daemon lives.
  bool is_quick(const net::Request& request) const;
  // False while starting and while draining: /readyz says so, so that a balancer looks elsewhere.
  void set_ready(bool ready) { ready_ = ready; }

 private:
  net::Response answer(const net::Request& request);

  const database::Database& database_;
  FhirFace fhir_;
  AdminFace admin_;
  Pages pages_;
  std::atomic<bool> ready_{false};
};

}  // namespace yilian::api
