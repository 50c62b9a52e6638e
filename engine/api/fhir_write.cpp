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
  YL_TRY(auto answer, type == "transaction" ? run_transaction(database_, scope, *bundle, preferred, base_of(request), arena, &validation_)
                                            : run_batch(database_, scope, *bundle, preferred, base_of(request), arena, &validation_, alone));
  net::Response response = json_response(200, std::move(answer));
  if (const std::string said = applied(preferred, true, false); !said.empty()) response.headers.emplace_back("Preference-Applied", said);
  return response;
}

net::Response FhirFace::as_alone(const net::Request& around, const records::Scope& scope, const fhir::Json& entry) {
  const fhir::Json* said = entry.find("request");
  std::string_view url = said->text_at("url");
  if (url.starts_with('/')) url.remove_prefix(1);
  net::Request request;
  request.method = said->text_at("method");
  request.target = url;
  const std::size_t mark = url.find('?');
  request.path = "/fhir/" + std::string(url.substr(0, mark));
  if (mark != std::string_view::npos) {
    auto query = net::parse_query(url.substr(mark + 1));
    if (!query) return outcome(query.error());
    request.query = std::move(*query);
  }
  request.headers = {{"Host", std::string(around.header("host"))}, {"Accept", "application/fhir+json"}};
  if (const std::string_view match = said->text_at("ifMatch"); !match.empty()) request.headers.emplace_back("If-Match", match);
  if (const fhir::Json* resource = entry.find("resource")) {
    request.headers.emplace_back("Content-Type", "application/fhir+json");
    request.body = fhir::write_json(*resource);
  }
  auto answer = dispatch(request, scope, url.substr(0, mark));
  return answer ? std::move(*answer) : outcome(answer.error());
}

}  // namespace yilian::api
