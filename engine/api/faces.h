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
  Faces(database::Database& database, const routing::Alliance& alliance, const std::string& pages_folder, const std::string& version,
        ValidationSettings validation = {})
      : fhir_(database, alliance, version, std::move(validation)), admin_(database, alliance), pages_(pages_folder) {}

  net::Response handle(const net::Request& request);
  // False while starting and while draining: /readyz says so, so that a balancer looks elsewhere.
  void set_ready(bool ready) { ready_ = ready; }

 private:
  FhirFace fhir_;
  AdminFace admin_;
  Pages pages_;
  std::atomic<bool> ready_{false};
};

}  // namespace yilian::api
