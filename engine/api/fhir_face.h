#pragma once
// FHIR R4 REST (http.html) over the record store.

#include <string>
#include <vector>

#include "engine/api/interaction.h"
#include "engine/api/operation.h"
#include "engine/database/database.h"
#include "engine/net/http.h"
#include "engine/routing/alliance.h"

namespace yilian::api {

class FhirFace {
 public:
  FhirFace(database::Database& database, const routing::Alliance& alliance, std::string version, ValidationSettings validation = {})
      : database_(database), alliance_(alliance), version_(std::move(version)), validation_(std::move(validation)) {}

  // `path` is what follows "/fhir", without a leading slash.
  net::Response handle(const net::Request& request, std::string_view path);
  // As somebody who may see so much.
  net::Response handle(const net::Request& request, const records::Scope& scope, std::string_view path);

 private:
  using Parts = std::vector<std::string>;  // of the path
  Result<net::Response> dispatch(const net::Request& request, const records::Scope& scope, std::string_view path);
  Result<net::Response> on_type(const net::Request& request, const records::Scope& scope, const std::string& type);
  Result<net::Response> on_instance(const net::Request& request, const records::Scope& scope, const std::string& type, const std::string& id);
  Result<OperationCall> call_at(const net::Request& request, const records::Scope& scope, const Parts& parts);
  Result<net::Response> below_instance(const net::Request& request, const records::Scope& scope, const Parts& parts);
  Result<net::Response> in_compartment(const net::Request& request, const records::Scope& scope, const Parts& parts);

  // fhir_read.cpp
  Result<net::Response> read(const net::Request& request, const records::Scope& scope, const std::string& type, const std::string& id);
  Result<net::Response> read_version(const net::Request& request, const records::Scope& scope, const std::string& type, const std::string& id, std::string_view number);
  // An empty type: of all types. `within`: "Patient/123", only what is in its compartment.
  Result<net::Response> search(const net::Request& request, const records::Scope& scope, const std::string& type, const std::string& within = {});
  Result<net::Response> history(const net::Request& request, const records::Scope& scope, const std::string& type, const std::string& id);

  // fhir_write.cpp; an empty id: the server's to choose, or found by criteria
  Result<net::Response> create(const net::Request& request, const records::Scope& scope, const std::string& type);
  Result<net::Response> update(const net::Request& request, const records::Scope& scope, const std::string& type, const std::string& id);
  Result<net::Response> patch(const net::Request& request, const records::Scope& scope, const std::string& type, const std::string& id);
  Result<net::Response> remove(const net::Request& request, const records::Scope& scope, const std::string& type, const std::string& id);
  Result<net::Response> on_bundle(const net::Request& request, const records::Scope& scope);
  // An entry of a batch that is no plain interaction: as if it had been asked alone.
  net::Response as_alone(const net::Request& around, const records::Scope& scope, const fhir::Json& entry);
  // An entry of a transaction that calls an operation: where its place is, and doing it inside the task.
  Result<Interaction> place_of_operation(const net::Request& around, const records::Scope& scope, const fhir::Json& entry);
  Result<net::Response> operate_within(database::Connection& writer, const net::Request& around, const records::Scope& scope,
                                       const fhir::Json& entry);
  Result<net::Response> finish(const net::Request& request, const records::Scope& scope, const Interaction& interaction);

  database::Database& database_;
  const routing::Alliance& alliance_;
  std::string version_;
  ValidationSettings validation_;
};

// Its parts, without empty ones.
std::vector<std::string> split_path(std::string_view path);
// "http://host/fhir" as the client called it.
std::string base_of(const net::Request& request);
net::Response json_response(int status, std::string body);
void add_version(net::Response& response, std::int64_t version, Instant updated);  // ETag, Last-Modified
// 405, with Allow.
net::Response not_here(const net::Request& request, const char* allowed);

}  // namespace yilian::api
