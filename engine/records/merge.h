#pragma once
// One more saying about a resource, merged element by element into what is known. Commutative: any order of arrival
// gives the same content, as long as no two sayings of one rank have the same time (then the later arrival wins).
//
// An element of the resource, of a BackboneElement or of a Period that is not in a list is one leaf with one stamp;
// lists, choices and all other data types are replaced as a whole. Identifiers, links and some references (kUnited in
// merge.cpp) are united item by item.

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/fhir/definitions.h"
#include "engine/fhir/json.h"
#include "engine/records/clock.h"

namespace yilian::records {

struct Saying {
  const fhir::Json* content;                // as stored: without resourceType and id
  const std::vector<std::string>* cleared;  // paths that it deletes; may be nullptr
  Stamp stamp;
  bool whole = false;                                 // replaces everything: what it does not say is deleted
  const std::vector<std::string>* assumed = nullptr;  // elements that are nobody's word: rank 0
};

struct Merged {
  fhir::Json* content;  // members in the order of the definitions
  Clock clock;
};

// `content` may be nullptr (nothing is known yet). The trees must live as long as the result.
Merged merge(const fhir::Type& type, const fhir::Json* content, const Clock& clock, const Saying& saying,
             fhir::Arena& arena);

}  // namespace yilian::records
