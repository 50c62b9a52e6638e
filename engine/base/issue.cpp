#include "engine/base/issue.h"

#include <array>

namespace yilian {
namespace {

// In the order of enum Code. HL7 table 0357: 100 segment sequence, 101 required field missing, 102 data type, 103 table value,
// 200 message type, 201 event code, 202 processing id, 203 version, 204 unknown key, 205 duplicate key, 206 record locked, 207 application error.
constexpr std::array<CodeFacts, 24> kFacts{{
    {"bad_syntax", 400, true, "100", "Segment sequence error", "structure"},
    {"bad_structure", 400, false, "100", "Segment sequence error", "structure"},
    {"bad_value", 422, false, "102", "Data type error", "value"},
    {"required_missing", 422, false, "101", "Required field missing", "required"},
    {"unsupported", 422, true, "207", "Application internal error", "not-supported"},
    {"unsupported_message_type", 422, true, "200", "Unsupported message type", "not-supported"},
    {"unsupported_event", 422, true, "201", "Unsupported event code", "not-supported"},
    {"unknown_sender", 403, true, "204", "Unknown key identifier", "security"},
    {"bad_encoding", 400, false, "102", "Data type error", "structure"},
    {"too_large", 413, true, "207", "Application internal error", "too-long"},
    {"too_deep", 400, false, "100", "Segment sequence error", "too-costly"},
    {"not_found", 404, false, "204", "Unknown key identifier", "not-found"},
    {"gone", 410, false, "204", "Unknown key identifier", "deleted"},
    {"conflict", 409, false, "205", "Duplicate key identifier", "conflict"},
    {"version_conflict", 412, false, "205", "Duplicate key identifier", "conflict"},
    {"precondition", 412, false, "207", "Application internal error", "conflict"},
    {"not_allowed", 405, true, "207", "Application internal error", "not-supported"},
    {"forbidden", 403, true, "207", "Application internal error", "forbidden"},
    {"unsupported_media", 415, true, "207", "Application internal error", "not-supported"},
    {"busy", 503, false, "207", "Application internal error", "throttled"},
    {"timeout", 504, false, "207", "Application internal error", "timeout"},
    {"storage", 500, false, "207", "Application internal error", "no-store"},
    {"bad_config", 500, false, "207", "Application internal error", "exception"},
    {"internal", 500, false, "207", "Application internal error", "exception"},
}};
static_assert(kFacts.size() == static_cast<std::size_t>(Code::internal) + 1);

}  // namespace

const CodeFacts& facts(Code code) { return kFacts[static_cast<std::size_t>(code)]; }

std::string_view name(Severity severity) {
  constexpr std::array<std::string_view, 4> names{"information", "warning", "error", "fatal"};
  return names[static_cast<std::size_t>(severity)];
}

std::string Issue::line() const {
  std::string text;
  if (!where.empty()) text.append(where).append(": ");
  text.append(what);
  if (!cure.empty()) text.append(". ").append(cure);
  return text;
}

}  // namespace yilian
