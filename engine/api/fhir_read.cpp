// Reads, searches and histories of the FHIR face.

#include <charconv>

#include "engine/api/bundle.h"
#include "engine/api/fhir_face.h"
#include "engine/api/negotiation.h"
#include "engine/api/operation.h"
#include "engine/api/outcome.h"
#include "engine/api/raw_binary.h"
#include "engine/api/search.h"
#include "engine/fhir/definitions.h"
#include "engine/records/dates.h"

namespace yilian::api {
namespace {

constexpr int kBadRequest = 400, kUnprocessable = 422;

template <class Number>
bool read_number(std::string_view text, Number& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc() && end == text.data() + text.size();
}

// http.html#cread
Result<net::Response> show(const net::Request& request, records::Version version) {
  YL_TRY(const auto conditions, read_conditions(request));
  if (version.type == "Binary" && !names_format(request)) return raw_response(version, request, conditions.unchanged(version.version, version.updated));
  YL_TRY(const auto subset, fhir::read_subset(parameter(request, "_summary"), parameter(request, "_elements"), version.type));
  const bool unchanged = conditions.unchanged(version.version, version.updated);
  net::Response response = json_response(unchanged ? 304 : 200, unchanged ? std::string() : subset_of(std::move(version.body), subset));
  add_version(response, version.version, version.updated);
  return response;
}

Result<records::HistoryQuery> read_history_query(const net::Request& request) {
  records::HistoryQuery query;
  for (const auto& [name, value] : request.query) {
    if (name == "_count") {
      if (!read_number(value, query.count) || query.count == 0 || query.count > 1000) {
        return fail(Code::bad_value, "is no number from 1 to 1000", "_count");
      }
    } else if (name == "_since") {
      query.since = parse_instant(value);
      if (!query.since) return fail(Code::bad_value, "'" + value + "' is no instant", name, "write it like 2026-11-24T08:30:00+08:00");
    } else if (name == "_at") {  // a day, a month or a year too: what was current at some moment of it
      const auto span = fhir::valid_primitive("dateTime", value) ? records::read_interval(value) : std::nullopt;
      if (!span) return fail(Code::bad_value, "'" + value + "' is no date or time", name, "write it like 2026-11-24 or 2026-11-24T08:30:00+08:00");
      query.at = parse_instant(value).value_or(span->low * 1000);
      query.at_end = parse_instant(value).value_or(span->high * 1000 - 1);
    } else if (name == "_list") {
      if (!fhir::valid_primitive("id", value)) return fail(Code::bad_value, "is no id of a List", "_list");
      query.list = value;
    } else if (name == "_cursor") {
      query.cursor = value;
    } else if (name != "_format" && name != "_pretty") {
      return fail(Code::unsupported, "unknown parameter", name, "known here: _count, _since, _at, _list");
    }
  }
  return query;
}

}  // namespace

Result<net::Response> FhirFace::read(const net::Request& request, const records::Scope& scope, const std::string& type, const std::string& id) {
  auto version = database_.read([&](database::Connection& reader) { return records::read(reader, scope, type, id); });
  if (!version && type == "OperationDefinition" && version.error().code == Code::not_found) {
    if (std::string own = operation_definition(id); !own.empty()) return json_response(200, std::move(own));
  }
  if (!version) return Failure(version.error());
  return show(request, std::move(*version));
}

Result<net::Response> FhirFace::read_version(const net::Request& request, const records::Scope& scope, const std::string& type, const std::string& id,
                                             std::string_view number) {
  std::int64_t wanted = 0;
  if (!read_number(number, wanted)) {
    return fail(Code::not_found, "there is no version '" + std::string(number) + "'", type + "/" + id, "versions are numbers from 1 on");
  }
  YL_TRY(auto version, database_.read([&](database::Connection& reader) { return records::read_version(reader, scope, type, id, wanted); }));
  if (version.deleted) return fail(Code::gone, "this version is its deletion", type + "/" + id);
  return show(request, std::move(version));
}

Result<net::Response> FhirFace::search(const net::Request& request, const records::Scope& scope, const std::string& type, const std::string& within) {
  const std::string base = base_of(request), own = base + "/";
  records::SearchRequest asked{.type = type, .parameters = request.query, .base = own};
  if (request.method == "POST") {
    const std::string form = media_type(request.header("content-type"));
    if (!form.empty() && form != "application/x-www-form-urlencoded") {
      return fail(Code::unsupported_media, "'" + form + "' is not taken here", "Content-Type", "send application/x-www-form-urlencoded");
    }
    YL_TRY(auto fields, net::parse_query(request.body));
    asked.parameters.insert(asked.parameters.end(), fields.begin(), fields.end());
  }
  if (!within.empty()) {
    const std::size_t slash = within.find('/');
    asked.compartment = std::string_view(within).substr(0, slash);
    asked.compartment_id = std::string_view(within).substr(slash + 1);
  }
  const Preferences preferred = preferences(request);
  asked.lenient = preferred.handling == Preferences::Handling::lenient;
  const std::string path = within.empty() ? type : within + "/" + (type.empty() ? "*" : type);
  auto found = database_.read([&](database::Connection& reader) { return search_and_show(reader, scope, asked, base, path); });
  if (found) {
    net::Response response = json_response(200, std::move(*found));
    if (const std::string said = applied(preferred, false, true); !said.empty()) response.headers.emplace_back("Preference-Applied", said);
    return response;
  }
  // A search that cannot be done is a bad request, whatever is wrong with it (http.html#search).
  net::Response refused = outcome(found.error());
  if (refused.status == kUnprocessable) refused.status = kBadRequest;
  return refused;
}

Result<net::Response> FhirFace::history(const net::Request& request, const records::Scope& scope, const std::string& type, const std::string& id) {
  YL_TRY(records::HistoryQuery query, read_history_query(request));
  query.type = type;
  query.id = id;
  YL_TRY(const auto page, database_.read([&](database::Connection& reader) { return records::history(reader, scope, query); }));
  if (!id.empty() && page.entries.empty() && query.cursor.empty() && query.list.empty() && !query.since && !query.at) {
    return fail(Code::not_found, "no such resource", type + "/" + id);
  }
  const std::string path = type.empty() ? "_history" : id.empty() ? type + "/_history" : type + "/" + id + "/_history";
  return json_response(200, history_bundle(page, base_of(request), path, request.query));
}

}  // namespace yilian::api
