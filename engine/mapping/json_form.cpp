#include "engine/mapping/json_form.h"

namespace yilian::mapping {

namespace {

constexpr std::uint32_t kEscaped = 1u << 31;  // the place counts from the end of what is written

}  // namespace

JsonForm::JsonForm(const fhir::Json& json) {
  std::string escaped;
  add(json, {}, escaped);
  written_ = text_.size();
  text_ += escaped;
  for (Value& value : values_) {
    if ((value.at & kEscaped) != 0) value.at = (value.at & ~kEscaped) + static_cast<std::uint32_t>(written_);
  }
}

void JsonForm::add(const fhir::Json& json, std::string_view name, std::string& escaped) {
  Value value{name, json.kind(), json.boolean(), static_cast<std::uint32_t>(json.size()), 0, 0, 0};
  if (!name.empty()) {
    refers_ = refers_ || name == "reference";
    if (name.front() == '_') {  // "_birthDate": made for its message only
      value.name = {};
      value.name_at = static_cast<std::uint32_t>(text_.size() + 1);
      value.name_size = static_cast<std::uint32_t>(name.size());
    }
    fhir::write_json_string(name, text_);
    text_ += ':';
  }
  const std::size_t number = values_.size();
  value.at = static_cast<std::uint32_t>(text_.size());
  values_.push_back(value);
  switch (json.kind()) {
    case fhir::Json::Kind::string: {
      fhir::write_json_string(json.text(), text_);
      const bool plain = text_.size() - value.at == json.size() + 2;
      values_[number].at = plain ? value.at + 1 : kEscaped | static_cast<std::uint32_t>(escaped.size());
      if (!plain) escaped += json.text();
      break;
    }
    case fhir::Json::Kind::array:
      for (const fhir::Json& item : json.items()) {
        text_ += &item == json.items().data() ? '[' : ',';
        add(item, {}, escaped);
      }
      text_ += json.size() == 0 ? "[]" : "]";
      break;
    case fhir::Json::Kind::object:
      for (const fhir::Member& member : json.members()) {
        text_ += &member == json.members().data() ? '{' : ',';
        add(member.value, member.name, escaped);
      }
      text_ += json.size() == 0 ? "{}" : "}";
      break;
    case fhir::Json::Kind::null:
      text_ += "null";
      break;
    case fhir::Json::Kind::number:
    case fhir::Json::Kind::boolean:
      text_ += json.text();
      break;
  }
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

std::string_view JsonForm::make(fhir::Json& to, fhir::Arena& arena) const {
  const std::string_view text = arena.copy(text_);
  Maker<Value>{values_.data(), text.data(), arena}.make(to);
  return refers_ ? std::string_view() : text.substr(0, written_);
}

}  // namespace yilian::mapping
