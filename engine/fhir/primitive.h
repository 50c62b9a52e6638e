#pragma once
// The primitive types of FHIR R4 (datatypes.html#primitive) and what their text may be.

#include <cstdint>
#include <string_view>

#include "engine/fhir/json.h"

namespace yilian::fhir {

enum class Primitive : std::uint8_t {
  none,  // not a primitive type
  base64_binary,
  boolean,
  canonical,
  code,
  date,
  date_time,
  decimal,
  id,
  instant,
  integer,
  markdown,
  oid,
  positive_int,
  string,
  time,
  unsigned_int,
  uri,
  url,
  uuid,
  xhtml,
};

Primitive primitive_named(std::string_view type);  // "dateTime"; none for a name that is no primitive type
Json::Kind json_kind(Primitive primitive);         // how JSON writes it: boolean, number or string

// The regular expressions of R4, and beyond them what its text says: days that exist, integers of 32 bits, no control
// characters in strings, at most 1 Mi characters. Allocates nothing, and takes one pass.
bool valid_primitive(Primitive primitive, std::string_view text);

}  // namespace yilian::fhir
