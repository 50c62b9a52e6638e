#pragma once
// A CodeableConcept or Coding as the receiver wants it: HL7's code of a table in place of FHIR's, the coding systems that
// the receiver prefers first.

#include "engine/mapping/outbound/evaluate.h"
#include "engine/mapping/outbound/ledger.h"

namespace yilian::mapping::outbound {

// The same item where nothing is to be changed; else a copy in the arena whose parts stand for the original's.
Item as_wanted(const Item& item, const Table* table, const std::vector<std::string>& prefer, fhir::Arena& arena, Ledger& ledger);

}  // namespace yilian::mapping::outbound
