#pragma once
// One interaction of a client with one type, whether it comes alone or in a Bundle: what it asks, and doing it.

#include <memory>
#include <optional>
#include <string>

#include "engine/api/conditions.h"
#include "engine/api/criteria.h"
#include "engine/api/patch.h"
#include "engine/api/validate.h"

namespace yilian::api {

// In the order in which a transaction does them (http.html#trules); an update and a patch are of one step.
enum class Verb : std::uint8_t { remove, create, update, patch, read, search };

struct Interaction {
  Verb verb = Verb::read;
  std::string type;
  std::string id;                    // named by the address; of a create the one that the server chose
  std::optional<Criteria> criteria;  // the resource is found by them: If-None-Exist, PUT [type]?…
  std::optional<std::int64_t> if_match;
  bool only_new = false;  // PUT with If-None-Match: *
  ReadConditions read;                  // of a read
  std::optional<std::int64_t> version;  // of a read: this one
  records::Parameters query;  // of a search

  fhir::Json* resource = nullptr;  // of a create or an update; not changed by perform()
  PatchDocument patch;
  const ValidationSettings* validation = nullptr;  // what is written is screened by it; nullptr: by nothing
  Findings* findings = nullptr;                    // where what was found goes, when it is wanted
  // What perform() would make of the resource, when nothing in the database has a say in it.
  records::PreparedPtr prepared;
  std::string prepared_id;
};

struct Done {
  int status = 200;  // 201, 204, 304 …
  std::string type, id;
  std::int64_t version = 0;  // 0: it concerns no one version
  Instant updated = 0;
  std::string body;          // of a read or search: JSON
  std::size_t removed = 0;
};

// The ids that the criteria found; none: nothing matches.
using Matches = std::vector<std::string>;

// Checks the resource and makes it ready under the id that it will have, on the caller's thread. An update by criteria
// that is new gets an id here. Errors as records::prepare.
Result<void> make_ready(Interaction& interaction);
// The same, stored together with others.
Result<void> make_ready(Interaction& interaction, records::Preparation& together);

// Inside a task of the writer (reads and searches on a reader as well). `matches` are those of the criteria, when there
// are any. Does one thing or fails before it wrote anything, but for storage errors. `base` is for links.
Result<Done> perform(database::Connection& connection, const records::Scope& scope, const Interaction& interaction,
                     const Matches& matches, Instant at, const std::string& base);

// Finds what the criteria match, then performs.
Result<Done> find_and_perform(database::Connection& connection, const records::Scope& scope, const Interaction& interaction,
                              Instant at, const std::string& base);

// The id that an update or patch will be of, once its criteria found what they found. Errors: bad_value (the body has
// another), not_found (of a patch).
Result<std::string> target_id(const Interaction& interaction, const Matches& matches);

// Does it alone: on a reader, or in a task of its own, committed when this returns.
Result<Done> run_alone(database::Database& database, const records::Scope& scope, const Interaction& interaction,
                       const std::string& base, std::size_t bytes);

}  // namespace yilian::api
