#pragma once
// References between the entries of a transaction (http.html#trules, bundle.html#references).

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/result.h"
#include "engine/fhir/json.h"

namespace yilian::api {

// From a fullUrl to what it is now called: "Patient/1".
using NewNames = std::unordered_map<std::string, std::string>;

// Rewrites what points to an entry: Reference.reference, elements of type uri, url, oid, uuid and canonical (its version
// and fragment stay), and href and src in narratives. `full_url` is the resource's own: what is relative may mean an
// entry of the same server. The resource's tree is changed.
void rename_references(fhir::Json& resource, std::string_view full_url, const NewNames& names, fhir::Arena& arena);

// References to this server by its own address ("http://host/fhir/Patient/1", with `base` "http://host/fhir/") become
// relative: they are the same, and are found so.
void make_relative(fhir::Json& resource, std::string_view base);

// The conditional references ("Patient?identifier=…") in it, and putting in their place what they are called.
std::vector<std::string> conditional_references(const fhir::Json& resource);
void replace_conditional(fhir::Json& resource, const NewNames& names);

}  // namespace yilian::api
