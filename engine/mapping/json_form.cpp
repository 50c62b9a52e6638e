#include "engine/mapping/json_form.h"

namespace yilian::mapping {

void JsonForm::add(const fhir::Json& json, std::string_view name) {
  const bool has_text = json.kind() == fhir::Json::Kind::string || json.kind() == fhir::Json::Kind::number;
  const std::string_view text = has_text ? json.text() : std::string_view();
  // "_birthDate": made for its message only.
  const bool own_name = name.starts_with('_');
  const auto at = static_cast<std::uint32_t>(texts_.size());
  const auto name_size = static_cast<std::uint32_t>(own_name ? name.size() : 0);
  values_.push_back({own_name ? std::string_view() : name, json.kind(), json.boolean(),
                     static_cast<std::uint32_t>(json.size()), at + name_size, at, name_size});
  if (own_name) texts_ += name;
  texts_ += text;
  for (const fhir::Json& item : json.items()) add(item, {});
  for (const fhir::Member& member : json.members()) add(member.value, member.name);
}

namespace {

template <class Value>
struct Maker {
  const Value* next;
  const char* texts;
  fhir::Arena& arena;

  // As deep as the form is: rules bound it.
  void make(fhir::Json& to) {
    const Value& value = *next++;
    switch (value.kind) {
      case fhir::Json::Kind::string:
        return to.set_string({texts + value.at, value.size});
      case fhir::Json::Kind::number:
        return to.set_number({texts + value.at, value.size});
      case fhir::Json::Kind::boolean:
        return to.set_boolean(value.truth);
      case fhir::Json::Kind::null:
        return to.set_null();
      case fhir::Json::Kind::array:
        to.set_array();
        to.reserve(arena, value.size);
        for (std::uint32_t i = 0; i < value.size; ++i) make(to.append(arena));
        return;
      case fhir::Json::Kind::object:
        to.set_object();
        to.reserve(arena, value.size);
        for (std::uint32_t i = 0; i < value.size; ++i) {
          make(to.add(arena, next->name_size == 0 ? next->name : std::string_view(texts + next->name_at, next->name_size)));
        }
        return;
    }
  }
};

}  // namespace

void JsonForm::make(fhir::Json& to, fhir::Arena& arena) const {
  Maker<Value>{values_.data(), arena.copy(texts_).data(), arena}.make(to);
}

}  // namespace yilian::mapping
