// Patient/123/$everything, Patient/$everything, Encounter/123/$everything.

#include <array>

#include "engine/api/bundle.h"
#include "engine/api/fhir_face.h"
#include "engine/api/operation.h"
#include "engine/fhir/definitions.h"
#include "engine/records/everything.h"

namespace yilian::api {
namespace {

constexpr std::array<std::string_view, 5> kKnown{"start", "end", "_since", "_type", "_count"};

// One or more parameters, each with one or more types.
Result<std::vector<std::string>> read_types(const OperationInput& input) {
  std::vector<std::string> out;
  for (const auto& [name, value] : input.texts()) {
    if (name != "_type") continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(','), rest.size());
      out.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (!fhir::is_resource_type(out.back()))
        return fail(Code::bad_value, "'" + out.back().substr(0, 100) + "' is no FHIR R4 resource type", "_type");
    }
  }
  return out;
}

Result<std::string> read_date(const OperationInput& input, const char* name) {
  std::string said = input.text(name);
  if (said.empty() || fhir::valid_primitive("date", said)) return said;
  return fail(Code::bad_value, "'" + said.substr(0, 80) + "' is no date", name, "write it like 2026-11-24");
}

}  // namespace

Result<net::Response> everything_operation(const OperationCall& call) {
  fhir::Arena arena;
  YL_TRY(const OperationInput input, OperationInput::read(call.request, kKnown, arena));
  records::EverythingQuery query{.owner = call.type, .id = call.id};
  YL_TRY(query.types, read_types(input));
  YL_TRY(query.start, read_date(input, "start"));
  YL_TRY(query.end, read_date(input, "end"));
  YL_TRY(query.count, input.number("_count", query.count, 1000));
  if (const std::string since = input.text("_since"); !since.empty()) {
    query.since = parse_instant(since);
    if (!query.since)
      return fail(Code::bad_value, "'" + since.substr(0, 80) + "' is no instant", "_since",
                  "write it like 2026-11-24T08:30:00+08:00");
  }
  query.cursor = input.text("_cursor");
  YL_TRY(auto page,
         call.read([&](database::Connection& reader) { return records::everything(reader, call.scope, query); }));
  page.applied = input.texts();
  return json_response(200, searchset(page, call.base, call.place() + "/$everything"));
}

}  // namespace yilian::api
