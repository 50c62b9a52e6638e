#pragma once
// Operations (operations.html): which there are, and one that was called.

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/api/validate.h"
#include "engine/database/database.h"
#include "engine/fhir/json.h"
#include "engine/net/http.h"
#include "engine/records/scope.h"
#include "engine/routing/alliance.h"

namespace yilian::api {

struct OperationCall {
  const net::Request& request;
  const records::Scope& scope;  // what the caller may see
  database::Database& database;
  const routing::Alliance& alliance;
  const ValidationSettings& validation;
  std::string base;                       // "http://host/fhir"
  std::string type, id;                   // empty: of the system; of the type
  std::optional<std::int64_t> version{};  // of a version
  database::Connection* within = nullptr;  // of a transaction: what is read and written is so inside its task
  std::string place() const;               // "Patient/1/_history/2", "Patient", empty

  template <class Query>
  auto read(Query&& query) const {
    return within != nullptr ? query(*within) : database.read(std::forward<Query>(query));
  }
  Result<void> write(const database::Database::Task& task) const {
    return within != nullptr ? task(*within) : database.write(task);
  }
};

enum class On : std::uint8_t { system = 1, type = 2, instance = 4, version = 8 };
constexpr unsigned operator|(On a, On b) { return static_cast<unsigned>(a) | static_cast<unsigned>(b); }
constexpr unsigned operator|(unsigned a, On b) { return a | static_cast<unsigned>(b); }

struct Operation {
  std::string_view name;  // without the $
  std::string_view url;   // of its OperationDefinition
  std::string_view type;  // the one that it is for; empty: every one
  unsigned on;            // of On
  bool gets, posts;
  Result<net::Response> (*run)(const OperationCall& call);
  // As an entry of a transaction: not served, done where GET is, or where PUT is.
  enum class InTransaction : std::uint8_t { no, reads, writes } in_transaction = InTransaction::no;
  bool is_on(On where) const { return (on & static_cast<unsigned>(where)) != 0; }
};
std::span<const Operation> operations();

// The one of this name at this place, whatever the method; nullptr: there is none.
const Operation* find_operation(const OperationCall& call, std::string_view name);
// Errors: not_found (no such operation here), what the operation says; 405 is a response.
Result<net::Response> operate(const OperationCall& call, std::string_view name);

// What it is given: by the query, by a Parameters resource, or both. Views live as long as the arena and the request.
class OperationInput {
 public:
  // Refuses what is not `known` (unsupported); _format, _pretty and _cursor always are.
  static Result<OperationInput> read(const net::Request& request, std::span<const std::string_view> known,
                                     fhir::Arena& arena);
  std::string text(std::string_view name) const;   // of the last; empty: it is not there
  Result<bool> flag(std::string_view name) const;  // false when it is not there
  Result<std::size_t> number(std::string_view name, std::size_t otherwise, std::size_t most) const;  // from 1 on
  const fhir::Json* value(std::string_view name) const;  // what stands in Parameters; nullptr: nothing does
  const std::vector<std::pair<std::string, std::string>>& texts() const { return texts_; }

 private:
  std::vector<std::pair<std::string, std::string>> texts_;
  std::vector<std::pair<std::string_view, const fhir::Json*>> values_;
};

// operation_*.cpp
Result<net::Response> origin_operation(const OperationCall& call);
Result<net::Response> everything_operation(const OperationCall& call);
Result<net::Response> meta_operation(const OperationCall& call);
Result<net::Response> meta_add_operation(const OperationCall& call);
Result<net::Response> meta_delete_operation(const OperationCall& call);
Result<net::Response> validate_operation(const OperationCall& call);
Result<net::Response> reindex_operation(const OperationCall& call);
Result<net::Response> expunge_operation(const OperationCall& call);

// The OperationDefinition of an operation of our own, by its id ("origin"); empty: there is none.
std::string operation_definition(std::string_view id);

}  // namespace yilian::api
