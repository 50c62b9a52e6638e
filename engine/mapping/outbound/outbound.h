#pragma once
// FHIR R4 resources to HL7 v2 messages by the rules below mappings/fhir-to-hl7v2 (docs/fhir-to-hl7v2.md): loaded and
// checked once, compiled for one receiver, run by any number of threads. What has no place in the message is told.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/config.h"
#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/fhir/json.h"

namespace yilian::mapping::outbound {

// A part of the resources that no message holds.
struct Loss {
  std::string resource;  // "Observation/17"; of an entry without id its fullUrl
  std::string element;   // "component[1].valueQuantity.unit"; empty: the whole resource
  std::string value;     // shortened; of an element with parts the first of them
  std::string why;       // "no place in ORU^R01", "OBX-19 is not in HL7 2.3", …
};

struct Message {
  std::string type;        // "ORU^R01"
  std::string control_id;  // MSH-10, at most 20 characters: the same resources at the same time have the same
  std::string text;        // bytes in the receiver's charset, each segment ended by CR
};

struct Sent {
  std::vector<Message> messages;
  std::vector<Issue> refused;    // messages that could not be made, while others could
  std::vector<Loss> losses;      // by resource in the order given, by element in the order of the text; bounded, the last says how many more
};

struct How {
  Instant now = 0;      // MSH-7
  std::string message;  // "ORU^R01": what to make, instead of what the resources ask for
};

// The rules for one receiver. Immutable.
class Outbound {
 public:
  ~Outbound();
  // A Bundle (its entries; fullUrl and Type/id are what references resolve to), or one resource.
  // Errors, where no message at all is made: unsupported_message_type (nothing in it asks for a message, or not for one that this receiver takes),
  // required_missing (the message would lack what it must hold), bad_encoding (a character that the receiver's charset
  // does not have), bad_structure (no resources), too_large.
  Result<Sent> run(const fhir::Json& bundle, const How& how) const;
  Result<Sent> run(std::span<const fhir::Json* const> resources, const How& how) const;
  std::vector<std::string> message_types() const;  // "ORU^R01", …

 private:
  friend class Library;
  struct Inner;
  explicit Outbound(std::unique_ptr<const Inner> inner);
  std::unique_ptr<const Inner> inner_;
};

// The files below mappings/fhir-to-hl7v2, with the code tables of mappings/hl7v2 beside it, read once.
class Library {
 public:
  // All problems at once, each with file:line and a cure.
  static tl::expected<Library, std::vector<Issue>> load(const std::string& folder);
  ~Library();
  Library(Library&&) noexcept;
  // `profile` is the `outbound:` node of a receiver; may be missing: HL7 2.5.1, UTF-8, everything wanted.
  tl::expected<std::shared_ptr<const Outbound>, std::vector<Issue>> compile(const config::Node& profile) const;

 private:
  Library();
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

}  // namespace yilian::mapping::outbound
