// What changes resources at the FHIR face: one by one, and Bundles of them.

#include "engine/api/body.h"
#include "engine/api/fhir_face.h"
#include "engine/api/negotiation.h"
#include "engine/api/outcome.h"
#include "engine/api/raw_binary.h"
#include "engine/api/references.h"
#include "engine/api/transaction.h"
#include "engine/base/log.h"
#include "engine/base/uuid.h"

namespace yilian::api {
namespace {

using Return = Preferences::Return;

Result<fhir::Json*> read_content(const net::Request& request, fhir::Arena& arena) {
  YL_TRY(fhir::Json * content, read_body(request, arena));
  const std::string base = base_of(request) + "/";
  if (request.body.find(base) != std::string::npos) make_relative(*content, base);
  return content;
}

Result<fhir::Json*> read_resource(const net::Request& request, const std::string& type, const std::string& id, fhir::Arena& arena) {
  if (type == "Binary" && is_raw(request)) return raw_resource(request, id, arena);
  YL_TRY(fhir::Json * resource, read_content(request, arena));
  if (resource->text_at("resourceType") != type) {
    return fail(Code::bad_value, "the body is no " + type, "resourceType", "send the resource that the address names");
  }
  return resource;
}

// By its id, or by the criteria in the query.
Result<Interaction> interaction_of(const net::Request& request, Verb verb, const std::string& type, const std::string& id) {
  Interaction out;
  out.verb = verb;
  out.type = type;
  out.id = id;
  YL_TRY(out.if_match, version_in(request.header("if-match"), "If-Match"));
  if (!id.empty() || verb == Verb::create) return out;
  YL_TRY(out.criteria, read_criteria(request.query, type));
  if (verb != Verb::remove) out.criteria->most = 1;
  return out;
}

std::size_t arena_for(const net::Request& request) { return request.body.size() * 2 + 4096; }

}  // namespace

Result<net::Response> FhirFace::create(const net::Request& request, const records::Scope& scope, const std::string& type) {
  fhir::Arena arena(arena_for(request));
  YL_TRY(Interaction interaction, interaction_of(request, Verb::create, type, ""));
  YL_TRY(interaction.resource, read_resource(request, type, "", arena));
  interaction.id = Uuid::random().text();
  if (const std::string_view criteria = request.header("if-none-exist"); !criteria.empty()) {
    YL_TRY(interaction.criteria, read_criteria(criteria, "If-None-Exist"));
  }
  return finish(request, scope, interaction);
}

Result<net::Response> FhirFace::update(const net::Request& request, const records::Scope& scope, const std::string& type, const std::string& id) {
  fhir::Arena arena(arena_for(request));
  YL_TRY(Interaction interaction, interaction_of(request, Verb::update, type, id));
  YL_TRY(interaction.resource, read_resource(request, type, id, arena));
  YL_TRY(const NoneMatch unless, none_match(request.header("if-none-match"), "If-None-Match"));
  interaction.only_new = unless.any;
  const std::string_view own = interaction.resource->text_at("id");
  if (!id.empty() && own != id) {
    return fail(Code::bad_value, own.empty() ? "the body has no id" : "the body's id is another than the address names", type + ".id");
  }
  return finish(request, scope, interaction);
}

Result<net::Response> FhirFace::patch(const net::Request& request, const records::Scope& scope, const std::string& type, const std::string& id) {
  fhir::Arena arena(arena_for(request));
  YL_TRY(Interaction interaction, interaction_of(request, Verb::patch, type, id));
  YL_TRY(interaction.patch, read_patch(request.header("content-type"), request.body, arena));
  return finish(request, scope, interaction);
}

Result<net::Response> FhirFace::remove(const net::Request& request, const records::Scope& scope, const std::string& type, const std::string& id) {
  YL_TRY(const Interaction interaction, interaction_of(request, Verb::remove, type, id));
  YL_TRY(const Done done, run_alone(database_, scope, interaction, base_of(request), 0));
  if (preferences(request).returned == Return::outcome) {
    net::Response told = json_response(200, success_json(std::to_string(done.removed) + (done.removed == 1 ? " resource was" : " resources were") + " deleted"));
    told.headers.emplace_back("Preference-Applied", "return=OperationOutcome");
    return told;
  }
  net::Response response;
  response.status = 204;
  if (done.version > 0 && !interaction.criteria) response.headers.emplace_back("ETag", etag_of(done.version));
  return response;
}

// Of what writes one resource: checked here, done in the writer, and told as the client prefers (http.html#return).
Result<net::Response> FhirFace::finish(const net::Request& request, const records::Scope& scope, const Interaction& asked) {
  Interaction interaction = asked;
  Findings findings;
  interaction.validation = &validation_;
  interaction.findings = &findings;
  const auto ran = make_ready(interaction).and_then([&] { return run_alone(database_, scope, interaction, base_of(request), request.body.size()); });
  if (!ran && ran.error().code == Code::bad_value && validation::has_error(findings)) {
    return json_response(facts(Code::bad_value).http, findings_json(findings));
  }
  if (!ran) return Failure(ran.error());
  const Done& done = *ran;
  if (validation::has_error(findings)) {
    log::warning("fhir", "stored and marked as not valid", {{"type", done.type}, {"id", done.id}, {"findings", findings.size()}});
  }
  net::Response response = json_response(done.status, "");
  add_version(response, done.version, done.updated);
  response.headers.emplace_back("Location", base_of(request) + "/" + done.type + "/" + done.id + "/_history/" + std::to_string(done.version));
  const Preferences preferred = preferences(request);
  const Return returned = preferred.returned;
  if (const std::string said = applied(preferred, true, false); !said.empty()) response.headers.emplace_back("Preference-Applied", said);
  if (returned == Return::outcome) {
    response.body = findings.empty() ? success_json() : findings_json(findings);
  } else if (returned != Return::minimal) {
    YL_TRY(auto version, database_.read([&](database::Connection& reader) {
      return records::read_version(reader, scope, done.type, done.id, done.version);
    }));
    response.body = std::move(version.body);
  }
  return response;
}

Result<net::Response> FhirFace::on_bundle(const net::Request& request, const records::Scope& scope) {
  fhir::Arena arena(arena_for(request));
  YL_TRY(fhir::Json * bundle, read_content(request, arena));
  if (bundle->text_at("resourceType") != "Bundle") return fail(Code::bad_value, "the body is no Bundle", "resourceType");
  const std::string_view type = bundle->text_at("type");
  if (type != "transaction" && type != "batch") {
    return fail(Code::bad_value, "'" + std::string(type) + "' Bundles are not executed", "Bundle.type", "send transaction or batch");
  }
  const Preferences preferred = preferences(request);
  const auto alone = [&](const fhir::Json& entry) { return as_alone(request, scope, entry); };
  const OperationsWithin operations{
      [&](const fhir::Json& entry) { return place_of_operation(request, scope, entry); },
      [&](database::Connection& writer, const fhir::Json& entry) { return operate_within(writer, request, scope, entry); }};
  YL_TRY(auto answer, type == "transaction" ? run_transaction(database_, scope, *bundle, preferred, base_of(request), arena, operations, &validation_)
                                            : run_batch(database_, scope, *bundle, preferred, base_of(request), arena, &validation_, alone));
  net::Response response = json_response(200, std::move(answer));
  if (const std::string said = applied(preferred, true, false); !said.empty()) response.headers.emplace_back("Preference-Applied", said);
  return response;
}

namespace {

std::string_view url_of(const fhir::Json& entry) {
  std::string_view url = entry.find("request")->text_at("url");
  if (url.starts_with('/')) url.remove_prefix(1);
  return url;
}

// What the entry asks, as a request of its own.
Result<net::Request> request_in(const net::Request& around, const fhir::Json& entry) {
  const fhir::Json* said = entry.find("request");
  const std::string_view url = url_of(entry);
  net::Request request;
  request.method = said->text_at("method");
  request.target = url;
  const std::size_t mark = url.find('?');
  request.path = "/fhir/" + std::string(url.substr(0, mark));
  if (mark != std::string_view::npos) {
    YL_TRY(request.query, net::parse_query(url.substr(mark + 1)));
  }
  request.headers = {{"Host", std::string(around.header("host"))}, {"Accept", "application/fhir+json"}};
  if (const std::string_view match = said->text_at("ifMatch"); !match.empty()) request.headers.emplace_back("If-Match", match);
  if (const fhir::Json* resource = entry.find("resource")) {
    request.headers.emplace_back("Content-Type", "application/fhir+json");
    request.body = fhir::write_json(*resource);
  }
  return request;
}

}  // namespace

net::Response FhirFace::as_alone(const net::Request& around, const records::Scope& scope, const fhir::Json& entry) {
  const auto request = request_in(around, entry);
  if (!request) return outcome(request.error());
  const std::string_view url = url_of(entry);
  auto answer = dispatch(*request, scope, url.substr(0, url.find('?')));
  return answer ? std::move(*answer) : outcome(answer.error());
}

Result<Interaction> FhirFace::place_of_operation(const net::Request& around, const records::Scope& scope, const fhir::Json& entry) {
  const std::string_view url = url_of(entry);
  const std::string where = "request.url";
  const Parts parts = split_path(url.substr(0, url.find('?')));
  if (parts.empty() || !parts.back().starts_with('$')) {
    return fail(Code::unsupported, "'" + std::string(url.substr(0, 200)) + "' is not served in a transaction", where,
                "Histories, compartments and searches over all types are asked alone, or in a batch");
  }
  YL_TRY(const auto request, request_in(around, entry));
  YL_TRY(const OperationCall call, call_at(request, scope, parts));
  const Operation* operation = find_operation(call, std::string_view(parts.back()).substr(1));
  if (operation == nullptr || operation->in_transaction == Operation::InTransaction::no) {
    return fail(Code::unsupported, "'" + parts.back().substr(0, 100) + "' is not served here in a transaction", where,
                "A transaction may call $meta, $meta-add, $meta-delete, $everything and $validate; others are called alone, or in a batch");
  }
  Interaction out;
  out.verb = operation->in_transaction == Operation::InTransaction::writes ? Verb::patch : Verb::read;
  out.type = call.type;
  out.id = call.id;
  return out;
}

Result<net::Response> FhirFace::operate_within(database::Connection& writer, const net::Request& around, const records::Scope& scope,
                                               const fhir::Json& entry) {
  const std::string_view url = url_of(entry);
  const Parts parts = split_path(url.substr(0, url.find('?')));
  YL_TRY(const auto request, request_in(around, entry));
  YL_TRY(OperationCall call, call_at(request, scope, parts));
  call.within = &writer;
  YL_TRY(auto done, operate(call, std::string_view(parts.back()).substr(1)));
  if (done.status >= 400) return fail(Code::not_allowed, request.method + " is not offered at this address", std::string(url.substr(0, 200)));
  return done;
}

}  // namespace yilian::api
