#pragma once
// HL7 v2 messages to FHIR R4 by the mapping language (docs/mapping-language.md): loaded and checked once, compiled, run
// by any number of threads.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/config.h"
#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/base/uuid.h"
#include "engine/fhir/json.h"
#include "engine/hl7v2/message.h"

namespace yilian::mapping {

// How much a message's word counts for one resource. A mention never overwrites what an owner or a first-hand message
// said.
enum class Rank : std::uint8_t { mention = 1, said = 2, owner = 3 };

// Where one element of a produced resource came from (only with tracing on).
struct Origin {
  std::uint32_t resource;  // index into Mapped::resources
  std::string element;     // "valueQuantity.value", "name[0].family": without the resource type
  std::string rule;        // "OBX[Observation]#7"
  std::string rule_place;  // "segments/OBX[Observation].yaml:14"
  std::int32_t segment;    // index in the message; -1: from no segment (a literal of the mapping, the feed)
  std::string field;       // "OBX-5", "PID-3(2).1"
  std::size_t begin, end;  // byte range in Message::text(); equal when there is none
  std::string via;         // the datatype map's rule that wrote it, when `rule` applied one: "CX[Identifier]#3"
};

struct Notice {
  enum class Kind : std::uint8_t { unmapped_code, bad_value, extra_repetitions, structure, other } kind;
  std::string where;  // "PID-8"
  std::string what;   // "'男' is not in table AdministrativeSex"
  std::string rule;
};

// Where the mapping did with less than the message's own word (only with tracing on).
struct Fallback {
  enum class Kind : std::uint8_t {
    unmapped_code,  // a code that its table, or the element's value set, does not hold
    bad_value,      // a value that does not convert
    otherwise,      // a rule's `else`, where the message tells nothing
    default_value,  // an element that `defaults` filled
    arrival_time,   // the event time is the time of arrival
    no_key,         // nothing tells which resource it is: it is known by this message, or by its name alone
  } kind;
  std::string where;       // "PID-8"; empty: no field
  std::string what;        // "'Q' is not in table AdministrativeSex: 'unknown' is written instead"
  std::int32_t resource;   // of a default: index into Mapped::resources; else -1
  std::string rule;        // "PID[Patient]#13"; empty: the engine itself
  std::string rule_place;  // "segments/PID[Patient].yaml:14"
};

std::string_view name(Fallback::Kind kind);  // "unmapped_code", …

// Bytes of Message::text(): [begin, end).
struct Span {
  std::size_t begin, end;
};

struct Made {
  std::string_view type;  // "Observation"
  std::string_view id;    // 36 characters, UUIDv5
  fhir::Json* resource;   // with resourceType and id, members in the order of the definitions; values in it may be
                          // sealed
  std::vector<std::string> cleared;  // element paths that the message deletes ("period.end")
  std::vector<std::string> assumed;  // elements that `defaults` filled ("status"): nobody's word, they only fill gaps
  Rank rank;
};

struct Mapped {
  std::unique_ptr<fhir::Arena> arena;
  std::shared_ptr<const fhir::Arena> shared;  // values that other messages' resources have as well lie here
  std::vector<Made> resources;  // references between them are "Type/id"
  Instant event_time = 0;
  std::vector<Notice> notices;
  // Filled when traced; spans in no order, and some of them more than once.
  std::vector<Origin> origins;
  std::vector<Span> used;   // what elements, ids and the event time were made of
  std::vector<Span> asked;  // what conditions looked at
  std::vector<Fallback> fallbacks;
};

// What a mapping has to know about where a message comes from.
struct Context {
  std::string hospital;  // code: "xinghe-first"
  std::string feed;      // "his"
  Uuid space;            // ids of this hospital: Uuid::named(root_space(), hospital)
  Zone zone = Zone::shanghai();
  std::vector<std::string> owns;      // resource types that the feed owns, over the message map's word; "*" for all
  std::vector<std::string> mentions;  // resource types that it only mentions
  bool trace = false;
};

// The shared mapping with one hospital's changes, compiled. Immutable.
class Mapping {
 public:
  ~Mapping();
  // Errors: unsupported_message_type / unsupported_event (no map for it), bad_structure / required_missing (no patient
  // to attach to), bad_value.
  Result<Mapped> run(const hl7v2::Message& message, const Context& context) const;
  // A fingerprint of all files that went in: two mappings of one fingerprint do the same.
  std::uint64_t fingerprint() const;
  std::vector<std::string> message_types() const;  // "ADT^A01", …

 private:
  friend class Library;
  struct Inner;
  explicit Mapping(std::unique_ptr<const Inner> inner);
  std::unique_ptr<const Inner> inner_;
};

struct RuleName {
  std::string id;     // "PID[Patient]#13"
  std::string place;  // "segments/PID[Patient].yaml:14"
};

// The files below mappings/, read once.
class Library {
 public:
  // All problems at once, each with file:line and a cure.
  static tl::expected<Library, std::vector<Issue>> load(const std::string& folder);
  ~Library();
  Library(Library&&) noexcept;
  // `hospital` is the `mapping:` node of a hospital's file; may be missing.
  tl::expected<std::shared_ptr<const Mapping>, std::vector<Issue>> compile(const config::Node& hospital) const;
  // What is hardly meant, though every rule is right: errors first (a condition that can never hold), then warnings.
  std::vector<Issue> lints() const;
  // Runs the inline tests; the failures.
  std::vector<Issue> run_tests() const;
  std::size_t tests() const;  // how many there are
  // Rules present by map, and within it by the row of the guide that they are: "PID[Patient]" -> 13 -> the first such
  // rule.
  std::map<std::string, std::map<int, RuleName>> rows() const;
  // Codes of the tables: "AdministrativeSex" -> "F" -> "tables/AdministrativeSex.yaml:4".
  std::map<std::string, std::map<std::string, std::string>> codes() const;

 private:
  Library();
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

// A FHIR transaction Bundle: PUT by id, fullUrl and references as urn:uuid, minified, on one line.
std::string transaction_bundle(const Mapped& mapped);

}  // namespace yilian::mapping
