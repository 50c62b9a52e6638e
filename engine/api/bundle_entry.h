#pragma once
// An entry of a transaction or batch: read into an interaction, and told of afterwards.

#include <string>

#include "engine/api/interaction.h"
#include "engine/api/negotiation.h"

namespace yilian::api {

struct Entry {
  std::size_t position = 0;
  std::string full_url;
  Interaction interaction;
  const fhir::Json* operation = nullptr;  // it calls one, which stands there; the verb says where its place is
};

std::string place(std::size_t position);  // "Bundle.entry[3]"
// The same issue, at this entry.
Issue at_entry(std::size_t position, Issue issue);

// Whether its address is that of an operation, a history, a compartment or of all types.
bool is_special(const fhir::Json& json);

// Errors have their place; a create has an id of the server's choice.
Result<Entry> read_entry(fhir::Json& json, std::size_t position, fhir::Arena& arena);

// {"response":{…}} with the resource where it is asked for; `representation`: of what was written, when it is wanted.
std::string entry_of(const Done& done, const Preferences& preferences, std::string_view representation);
std::string entry_of(const Issue& issue);
// What was written, as it is now. Empty when it is not wanted or nothing is there.
std::string representation_of(database::Connection& connection, const records::Scope& scope, const Done& done,
                              const Preferences& preferences);

// The entries of a Bundle. Errors: bad_structure, too_large.
Result<std::span<fhir::Json>> entries_of(fhir::Json& bundle);
std::string response_bundle(const char* type, const std::vector<std::string>& responses);

}  // namespace yilian::api
