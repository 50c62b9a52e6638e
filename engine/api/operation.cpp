#include "engine/api/operation.h"

#include <algorithm>
#include <charconv>

#include "engine/api/body.h"
#include "engine/api/fhir_face.h"

namespace yilian::api {
namespace {

using enum Operation::InTransaction;

constexpr Operation kOperations[]{
    {"meta", "http://hl7.org/fhir/OperationDefinition/Resource-meta", "",
     On::system | On::type | On::instance | On::version, true, true, meta_operation, reads},
    {"meta-add", "http://hl7.org/fhir/OperationDefinition/Resource-meta-add", "", On::instance | On::version,
     false, true, meta_add_operation, writes},
    {"meta-delete", "http://hl7.org/fhir/OperationDefinition/Resource-meta-delete", "",
     On::instance | On::version, false, true, meta_delete_operation, writes},
    {"everything", "http://hl7.org/fhir/OperationDefinition/Patient-everything", "Patient", On::type | On::instance,
     true, true, everything_operation, reads},
    {"everything", "http://hl7.org/fhir/OperationDefinition/Encounter-everything", "Encounter",
     static_cast<unsigned>(On::instance), true, true, everything_operation, reads},
    {"validate", "http://hl7.org/fhir/OperationDefinition/Resource-validate", "", On::type | On::instance, false, true,
     validate_operation, reads},
    {"origin", "https://yilian.dev/fhir/OperationDefinition/origin", "", static_cast<unsigned>(On::instance), true,
     false, origin_operation},
    {"reindex", "https://yilian.dev/fhir/OperationDefinition/reindex", "", static_cast<unsigned>(On::system), true,
     true, reindex_operation},
    {"expunge", "https://yilian.dev/fhir/OperationDefinition/expunge", "",
     On::system | On::type | On::instance | On::version, false, true, expunge_operation},
};

On where(const OperationCall& call) {
  if (call.version) return On::version;
  if (!call.id.empty()) return On::instance;
  return call.type.empty() ? On::system : On::type;
}

// The text of value[x] when it is a primitive; what it is else.
const fhir::Json* value_of(const fhir::Json& parameter) {
  if (const fhir::Json* resource = parameter.find("resource")) return resource;
  for (const fhir::Member& member : parameter.members()) {
    if (member.name.starts_with("value")) return &member.value;
  }
  return nullptr;
}

}  // namespace

std::span<const Operation> operations() { return kOperations; }

std::string OperationCall::place() const {
  std::string out = type;
  if (!id.empty()) out.append("/").append(id);
  if (version) out.append("/_history/").append(std::to_string(*version));
  return out;
}

const Operation* find_operation(const OperationCall& call, std::string_view name) {
  for (const Operation& operation : operations()) {
    if (operation.name == name && operation.is_on(where(call)) &&
        (operation.type.empty() || operation.type == call.type))
      return &operation;
  }
  return nullptr;
}

Result<net::Response> operate(const OperationCall& call, std::string_view name) {
  const std::string& method = call.request.method;
  const bool gets = method == "GET" || method == "HEAD";
  if (const Operation* operation = find_operation(call, name)) {
    if (gets ? operation->gets : method == "POST" && operation->posts) return operation->run(call);
    return not_here(call.request, operation->gets ? (operation->posts ? "GET, HEAD, POST" : "GET, HEAD") : "POST");
  }
  return fail(Code::not_found, "there is no operation $" + std::string(name.substr(0, 100)) + " here", call.place(),
              "See /fhir/metadata for what is served");
}

Result<OperationInput> OperationInput::read(const net::Request& request, std::span<const std::string_view> known,
                                            fhir::Arena& arena) {
  OperationInput out;
  out.texts_ = request.query;
  if (request.method == "POST" && !request.body.empty()) {
    YL_TRY(const fhir::Json* body, read_body(request, arena));
    if (body->text_at("resourceType") != "Parameters")
      return fail(Code::bad_value, "the body of an operation is a Parameters resource", "resourceType");
    if (const fhir::Json* parameters = body->find("parameter")) {
      for (const fhir::Json& parameter : parameters->items()) {
        const std::string_view name = parameter.text_at("name");
        const fhir::Json* value = value_of(parameter);
        if (value == nullptr)
          return fail(Code::required_missing, "has no value", "Parameters.parameter('" + std::string(name) + "')");
        out.values_.emplace_back(name, value);
        if (!value->is_object()) out.texts_.emplace_back(name, value->text());
      }
    }
  }
  const auto check = [known](std::string_view name) {
    return name == "_format" || name == "_pretty" || name == "_cursor" || std::ranges::find(known, name) != known.end();
  };
  std::string all;
  for (const std::string_view each : known) all.append(all.empty() ? "Known: " : ", ").append(each);
  for (const auto& [name, value] : out.texts_) {
    if (!check(name)) return fail(Code::unsupported, "unknown parameter", name, all.empty() ? "There are none" : all);
  }
  for (const auto& [name, value] : out.values_) {
    if (!check(name))
      return fail(Code::unsupported, "unknown parameter", std::string(name), all.empty() ? "There are none" : all);
  }
  return out;
}

std::string OperationInput::text(std::string_view name) const {
  std::string out;
  for (const auto& [key, value] : texts_) {
    if (key == name) out = value;
  }
  return out;
}

Result<bool> OperationInput::flag(std::string_view name) const {
  const std::string said = text(name);
  if (said.empty() || said == "false") return false;
  if (said == "true") return true;
  return fail(Code::bad_value, "'" + said.substr(0, 80) + "' is neither true nor false", std::string(name));
}

Result<std::size_t> OperationInput::number(std::string_view name, std::size_t otherwise, std::size_t most) const {
  const std::string said = text(name);
  if (said.empty()) return otherwise;
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(said.data(), said.data() + said.size(), value);
  if (error != std::errc() || end != said.data() + said.size() || value == 0 || value > most) {
    return fail(Code::bad_value, "is no number from 1 to " + std::to_string(most), std::string(name));
  }
  return value;
}

const fhir::Json* OperationInput::value(std::string_view name) const {
  for (const auto& [key, value] : values_) {
    if (key == name) return value;
  }
  return nullptr;
}

}  // namespace yilian::api
