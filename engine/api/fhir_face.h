#pragma once
// FHIR R4 REST (http.html) over the record store.

#include <string>

#include "engine/database/database.h"
#include "engine/fhir/json.h"
#include "engine/net/http.h"
#include "engine/routing/alliance.h"

namespace yilian::api {

class FhirFace {
 public:
  FhirFace(database::Database& database, const routing::Alliance& alliance, std::string version)
      : database_(database), alliance_(alliance), version_(std::move(version)) {}

  // `path` is what follows "/fhir", without a leading slash.
  net::Response handle(const net::Request& request, std::string_view path);

 private:
  Result<net::Response> dispatch(const net::Request& request, std::string_view path);
  Result<net::Response> on_type(const net::Request& request, const std::string& type);
  Result<net::Response> on_instance(const net::Request& request, const std::string& type, const std::string& id);
  Result<net::Response> on_bundle(const net::Request& request);
  Result<net::Response> search(const net::Request& request, const std::string& type, records::Parameters parameters);
  Result<net::Response> history(const net::Request& request, const std::string& type, const std::string& id);
  Result<net::Response> write(const net::Request& request, const std::string& type, const std::string& id);
  Result<net::Response> remove(const net::Request& request, const std::string& type, const std::string& id);
  Result<net::Response> origin(const std::string& type, const std::string& id);

  database::Database& database_;
  const routing::Alliance& alliance_;
  std::string version_;
};

}  // namespace yilian::api
