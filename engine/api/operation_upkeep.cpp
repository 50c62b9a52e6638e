// $reindex and $expunge: what an operator does with the store.

#include <algorithm>
#include <array>

#include "engine/api/fhir_face.h"
#include "engine/api/operation.h"
#include "engine/api/scope.h"
#include "engine/fhir/json.h"
#include "engine/records/custom/custom_parameters.h"
#include "engine/records/expunge.h"
#include "engine/records/reindex.h"
#include "engine/records/stored.h"

namespace yilian::api {
namespace {

constexpr std::array<std::string_view, 5> kExpunge{"limit", "expungeDeletedResources", "expungePreviousVersions",
                                                   "expungeEverything", "confirm"};
constexpr std::size_t kMostExpunged = 100'000;  // by one request

using Progress = std::vector<records::CustomProgress>;

bool is_indexing(const records::CustomProgress& each) {
  return each.state == records::CustomParameters::State::indexing;
}

// Of the search parameters that clients defined, one parameter each.
void add_progress(const Progress& progress, std::string& json) {
  constexpr std::array<std::string_view, 3> states{"indexing", "ready", "clearing"};
  for (const auto& each : progress) {
    json.append(R"(,{"name":"searchParameter","part":[{"name":"resource","valueString":"SearchParameter/)");
    json.append(each.resource).append(R"("},{"name":"code","valueCode":")").append(each.code).append("\"}");
    if (!each.url.empty()) {
      json.append(R"(,{"name":"url","valueUri":)");
      fhir::write_json_string(each.url, json);
      json.append("}");
    }
    json.append(R"(,{"name":"state","valueCode":")").append(states[static_cast<std::size_t>(each.state)]);
    json.append(R"("},{"name":"percent","valueInteger":)").append(std::to_string(each.percent));
    json.append(R"(},{"name":"notEvaluated","valueInteger":)").append(std::to_string(each.not_evaluated));
    json.append("}]}");
  }
}

struct Told {
  records::IndexState state;
  std::int64_t all;
  Progress progress;
};

}  // namespace

// POST begins a pass over all resources, GET says how far it is.
Result<net::Response> reindex_operation(const OperationCall& call) {
  YL_CHECK(hold_to_all(call.scope));
  fhir::Arena arena;
  YL_CHECK(OperationInput::read(call.request, {}, arena));
  if (call.request.method == "POST") {
    YL_CHECK(call.database.write([](database::Connection& writer) -> Result<void> {
      records::start_reindex(writer);
      return {};
    }));
  }
  YL_TRY(const Told told, call.database.read([](database::Connection& reader) -> Result<Told> {
    return Told{records::index_state(reader), records::last_rid(reader), records::custom_progress(reader)};
  }));
  const auto& [state, all, progress] = told;
  const bool runs = state.last >= 0;
  const std::int64_t total = runs ? state.last : all;
  const std::int64_t done = runs ? state.done : state.complete() ? all : 0;
  const auto integer = [](std::int64_t value) { return R"("valueDecimal":)" + std::to_string(value); };
  std::string json = R"({"resourceType":"Parameters","parameter":[{"name":"total",)" + integer(total) +
                     R"(},{"name":"done",)" + integer(done);
  json += R"(},{"name":"percent","valueInteger":)" + std::to_string(state.complete() ? 100 : state.percent());
  const bool ready = state.complete() && std::none_of(progress.begin(), progress.end(), is_indexing);
  json += std::string(R"(},{"name":"ready","valueBoolean":)") + (ready ? "true" : "false") + "}";
  add_progress(progress, json);
  json += "]}";
  return json_response(200, std::move(json));
}

Result<net::Response> expunge_operation(const OperationCall& call) {
  YL_CHECK(hold_to_all(call.scope));
  fhir::Arena arena;
  YL_TRY(const OperationInput input, OperationInput::read(call.request, kExpunge, arena));
  records::Expunge asked{.type = call.type, .id = call.id, .version = call.version};
  YL_TRY(asked.deleted, input.flag("expungeDeletedResources"));
  YL_TRY(asked.previous, input.flag("expungePreviousVersions"));
  YL_TRY(asked.everything, input.flag("expungeEverything"));
  YL_TRY(const std::size_t limit, input.number("limit", 1000, kMostExpunged));
  if (call.version && (asked.deleted || asked.previous || asked.everything))
    return fail(Code::bad_value, "of a version nothing else can be said", "Parameters", "Leave it out");
  if (!call.version && !asked.deleted && !asked.previous && !asked.everything) {
    return fail(Code::required_missing, "says not what to remove", "Parameters",
                "Say expungeDeletedResources, expungePreviousVersions or expungeEverything");
  }
  // Nothing brings it back, so it has to be said twice.
  const std::string place = call.place().empty() ? "all" : call.place();
  if (asked.everything && input.text("confirm") != place) {
    return fail(Code::precondition, "removes current resources for good and is not confirmed",
                "Parameters.parameter('confirm')", "Say confirm with the value '" + place + "'");
  }
  YL_TRY(const std::size_t removed, records::expunge(call.database, asked, limit));
  return json_response(200, R"({"resourceType":"Parameters","parameter":[{"name":"count","valueInteger":)" +
                                std::to_string(removed) + "}]}");
}

}  // namespace yilian::api
