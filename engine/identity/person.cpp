#include "engine/identity/person.h"

#include <string>

#include "engine/base/uuid.h"
#include "engine/identity/resident_id.h"
#include "engine/text/fold.h"

namespace yilian::identity {
namespace {

using fhir::Json;

std::optional<ResidentId> number_of(const Json& patient) {
  const Json* identifiers = patient.find("identifier");
  if (identifiers == nullptr || !identifiers->is_array()) return std::nullopt;
  for (const Json& identifier : identifiers->items()) {
    if (identifier.text_at("system") != kResidentIdSystem || identifier.text_at("use") == "old") continue;
    if (auto id = resident_id(identifier.text_at("value"))) return id;
  }
  return std::nullopt;
}

// Text when it is there, else the parts in Chinese order.
std::string name_of(const Json& patient) {
  const Json* names = patient.find("name");
  if (names == nullptr || !names->is_array() || names->size() == 0) return {};
  const Json& name = names->items()[0];
  if (const auto text = name.text_at("text"); !text.empty()) return text::fold(text);
  std::string whole(name.text_at("family"));
  if (const Json* given = name.find("given"); given != nullptr && given->is_array()) {
    for (const Json& part : given->items()) whole.append(part.text());
  }
  return text::fold(whole);
}

// What the number says must not contradict what the message says beside it: a wrong card is worse than none.
bool agrees(const ResidentId& id, const Json& patient) {
  const auto birth = patient.text_at("birthDate");
  if (!birth.empty() && std::string_view(id.birth_date).substr(0, birth.size()) != birth) return false;
  const auto gender = patient.text_at("gender");
  return !((gender == "male" && !id.male) || (gender == "female" && id.male));
}

}  // namespace

Json* person_of(const Json& patient, fhir::Arena& arena) {
  const auto id = number_of(patient);
  if (!id || !agrees(*id, patient)) return nullptr;
  const std::string name = name_of(patient);
  const auto patient_id = patient.text_at("id");
  if (name.empty() || patient_id.empty()) return nullptr;

  Json* person = new (arena.allocate(sizeof(Json), alignof(Json))) Json;
  person->set_object();
  person->add(arena, "resourceType").set_string("Person");
  person->add(arena, "id").set_string(arena.copy(Uuid::named(root_space(), "Person|" + id->number + "|" + name).text()));
  Json& identifiers = person->add(arena, "identifier");
  identifiers.set_array();
  Json& identifier = identifiers.append(arena);
  identifier.set_object();
  identifier.add(arena, "system").set_string(kResidentIdSystem);
  identifier.add(arena, "value").set_string(arena.copy(id->number));
  if (const Json* names = patient.find("name")) person->add(arena, "name") = *fhir::copy(*names, arena);
  person->add(arena, "gender").set_string(id->male ? "male" : "female");
  person->add(arena, "birthDate").set_string(arena.copy(id->birth_date));
  person->add(arena, "active").set_boolean(true);
  Json& links = person->add(arena, "link");
  links.set_array();
  Json& link = links.append(arena);
  link.set_object();
  Json& target = link.add(arena, "target");
  target.set_object();
  target.add(arena, "reference").set_string(arena.copy("Patient/" + std::string(patient_id)));
  link.add(arena, "assurance").set_string("level3");
  return person;
}

}  // namespace yilian::identity
