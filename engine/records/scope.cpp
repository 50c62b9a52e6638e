#include "engine/records/scope.h"

#include <algorithm>

#include "engine/fhir/definitions.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

constexpr std::size_t kMostText = 1000;  // of a label's system or code
constexpr std::size_t kMostFacility = 48;  // as hospitals' codes are (engine/routing/hospital.h)

template <class Item>
void sort_out(std::vector<Item>& items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
}

template <class Item, class Check>
Result<void> take(std::vector<Item>& items, const char* what, Check&& is_one) {
  for (const Item& item : items) {
    if (!is_one(item)) return fail(Code::bad_value, std::string("names what is no ") + what, "scope");
  }
  sort_out(items);
  if (items.size() <= Scope::kMostNamed) return {};
  return fail(Code::too_large, "names more than " + std::to_string(Scope::kMostNamed) + " of a kind", "scope",
              "Narrow it by something else");
}

bool is_facility(std::string_view code) {
  return !code.empty() && code.size() <= kMostFacility &&
         code.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

bool is_label(const Label& label) {
  return !label.code.empty() && label.code.size() <= kMostText && label.system.size() <= kMostText;
}

// Length-marked, so that no two narrowings say the same.
void say(std::string& text, std::string_view part) { text.append(std::to_string(part.size())).append(":").append(part); }

void say(std::string& text, char kind, const std::optional<std::vector<std::string>>& list) {
  text += kind;
  if (!list) return;
  text.append(std::to_string(list->size())).append("[");
  for (const std::string& item : *list) say(text, item);
}

std::int64_t fingerprint_of(const Narrowing& narrowing) {
  std::string text;
  say(text, 'p', narrowing.patients);
  say(text, 't', narrowing.types);
  say(text, 'f', narrowing.facilities);
  text += narrowing.without_facility ? "+w" : "w";
  for (const Label& label : narrowing.withheld) {
    say(text, label.system);
    say(text, label.code);
  }
  const std::int64_t print = hash(text);
  return print == 0 ? 1 : print;
}

}  // namespace

Scope Scope::all() { return Scope(nullptr); }

Result<Scope> Scope::of(Narrowing narrowing) {
  if (narrowing.patients)
    YL_CHECK(take(*narrowing.patients, "id", [](const std::string& id) { return fhir::valid_primitive("id", id); }));
  if (narrowing.types)
    YL_CHECK(take(*narrowing.types, "resource type of FHIR R4",
                  [](const std::string& type) { return fhir::is_resource_type(type); }));
  if (narrowing.facilities) YL_CHECK(take(*narrowing.facilities, "hospital's code", is_facility));
  YL_CHECK(take(narrowing.withheld, "label", is_label));
  auto made = std::make_shared<Narrowed>();
  for (const std::string& id : narrowing.patients.value_or(std::vector<std::string>()))
    made->patient_keys.push_back(resource_key("Patient", id));
  sort_out(made->patient_keys);
  made->fingerprint = fingerprint_of(narrowing);
  made->narrowing = std::move(narrowing);
  return Scope(std::move(made));
}

bool Scope::has_type(std::string_view type) const {
  if (is_all() || !narrowed_->narrowing.types) return true;
  return std::binary_search(narrowed_->narrowing.types->begin(), narrowed_->narrowing.types->end(), type);
}

}  // namespace yilian::records
