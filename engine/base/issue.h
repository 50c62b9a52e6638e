#pragma once
// What went wrong, where, and what to do: the one error type of the project.

#include <cstdint>
#include <string>
#include <string_view>

namespace yilian {

// One table (issue.cpp) turns a code into an HTTP status, an HL7 acknowledgement, and a FHIR issue type.
enum class Code : std::uint8_t {
  bad_syntax,        // cannot be read as what it claims to be
  bad_structure,     // readable, but a required part is missing or stands in the wrong place
  bad_value,         // a value that its type or table does not allow
  required_missing,  // a required field or element has no value
  unsupported,       // understood, but not something this system does
  unsupported_message_type,
  unsupported_event,
  unknown_sender,    // no feed takes messages of this sender
  bad_encoding,      // bytes that are no text in any charset that may apply
  too_large,
  too_deep,
  not_found,
  gone,              // was there, deleted
  conflict,          // contradicts what is stored
  version_conflict,  // If-Match does not hold
  precondition,      // a condition of the request does not hold
  not_allowed,       // method or interaction that this place does not offer
  forbidden,
  unsupported_media,
  busy,              // a bound is reached: try again later
  timeout,
  storage,           // the database or the disk refused
  bad_config,
  internal,          // our own fault
};

enum class Severity : std::uint8_t { information, warning, error, fatal };

struct Issue {
  Code code = Code::internal;
  Severity severity = Severity::error;
  std::string where;  // "PID-8", "Patient.birthDate", "config/yilian.yaml:12"
  std::string what;   // one sentence without the place
  std::string cure;   // what the reader can do; may be empty

  // "where: what. cure" on one line, for logs and the command line.
  std::string line() const;
};

struct CodeFacts {
  std::string_view name;       // "bad_syntax"
  int http;                    // HTTP status
  bool reject;                 // true: AR/CR (the message as such cannot be taken); false: AE/CE
  std::string_view hl7;        // HL7 table 0357 code for ERR-3
  std::string_view hl7_text;
  std::string_view fhir;       // FHIR issue-type code
};

const CodeFacts& facts(Code code);
std::string_view name(Severity severity);  // "error"; also FHIR's issue-severity code

}  // namespace yilian
