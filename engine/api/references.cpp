#include "engine/api/references.h"

#include <algorithm>
#include <vector>

#include "engine/fhir/definitions.h"
#include "engine/fhir/member_table.h"
#include "engine/fhir/reference_text.h"

namespace yilian::api {
namespace {

using fhir::Json;
using fhir::Primitive;

bool is_address(Primitive primitive) {
  return primitive == Primitive::uri || primitive == Primitive::url || primitive == Primitive::oid || primitive == Primitive::uuid ||
         primitive == Primitive::canonical;
}

// Calls visit(text, what) for each text of a resource that may point somewhere.
enum class Kind : std::uint8_t { reference, address, canonical, narrative };
template <class Visit>
class Walk {
 public:
  explicit Walk(Visit visit) : visit_(std::move(visit)) {}

  void resource(Json& value) {
    if (const fhir::Type* type = fhir::resource_type(value.text_at("resourceType"))) object(value, *type);
  }

 private:
  void object(Json& value, const fhir::Type& type) {
    for (fhir::Member& member : value.members()) {
      const bool sibling = member.name.starts_with('_');
      const fhir::MemberName* found = type.members->find(member.name.substr(sibling ? 1 : 0));
      if (!found || (!sibling && found->type->kind == fhir::Type::Kind::primitive && !points(*found, type))) continue;
      if (member.value.is_array()) {
        for (Json& item : member.value.items()) one(item, *found, type);
      } else {
        one(member.value, *found, type);
      }
    }
  }

  static bool points(const fhir::MemberName& found, const fhir::Type& type) {
    const Primitive primitive = found.type->primitive;
    return is_address(primitive) || primitive == Primitive::xhtml || (found.name == "reference" && type.name == "Reference");
  }

  void one(Json& value, const fhir::MemberName& found, const fhir::Type& type) {
    if (value.is_object()) {
      if (found.type->kind == fhir::Type::Kind::resource) return resource(value);
      return object(value, *found.type);
    }
    if (!value.is_string() || !points(found, type)) return;
    const Primitive primitive = found.type->primitive;
    visit_(value, primitive == Primitive::xhtml       ? Kind::narrative
                  : primitive == Primitive::canonical ? Kind::canonical
                  : is_address(primitive)             ? Kind::address
                                                      : Kind::reference);
  }

  Visit visit_;
};

class Renamer {
 public:
  Renamer(std::string_view full_url, const NewNames& names, fhir::Arena& arena) : names_(names), arena_(arena) {
    // "http://a/fhir/Patient/1": what is relative begins at "http://a/fhir/".
    if (!full_url.starts_with("http")) return;
    const std::size_t id = full_url.rfind('/');
    const std::size_t type = id == std::string_view::npos || id == 0 ? std::string_view::npos : full_url.rfind('/', id - 1);
    if (type != std::string_view::npos && fhir::is_resource_type(full_url.substr(type + 1, id - type - 1))) {
      root_ = std::string(full_url.substr(0, type + 1));
    }
  }

  void operator()(Json& value, Kind kind) const {
    const std::string_view text = value.text();
    if (kind == Kind::narrative) return narrative(value);
    if (const std::string* found = find(text)) return value.set_string(*found);
    if (kind == Kind::canonical) {
      const std::size_t end = text.find_first_of("|#");
      const std::string* found = end == std::string_view::npos ? nullptr : find(text.substr(0, end));
      if (found) value.set_string(arena_.copy(*found + std::string(text.substr(end))));
    }
    if (kind == Kind::reference && !root_.empty() && fhir::read_reference(text).form == fhir::ReferenceForm::relative) {
      if (const std::string* found = find(root_ + std::string(text))) value.set_string(*found);
    }
  }

 private:
  const std::string* find(std::string_view name) const {
    const auto found = names_.find(std::string(name));
    return found == names_.end() ? nullptr : &found->second;
  }

  void narrative(Json& value) const {
    const std::string_view text = value.text();
    std::string out;
    std::size_t kept = 0;
    for (std::size_t at = text.find('='); at != std::string_view::npos; at = text.find('=', at + 1)) {
      const std::string_view before = text.substr(0, at);
      if (!before.ends_with("href") && !before.ends_with("src")) continue;
      const char quote = at + 1 < text.size() ? text[at + 1] : '\0';
      const std::size_t end = quote == '"' || quote == '\'' ? text.find(quote, at + 2) : std::string_view::npos;
      if (end == std::string_view::npos) continue;
      const std::string* found = find(text.substr(at + 2, end - at - 2));
      if (!found) continue;
      out.append(text.substr(kept, at + 2 - kept)).append(*found);
      kept = end;
    }
    if (kept > 0) value.set_string(arena_.copy(out.append(text.substr(kept))));
  }

  const NewNames& names_;
  fhir::Arena& arena_;
  std::string root_;
};

bool is_conditional(std::string_view text) {
  return text.find('?') != std::string_view::npos && fhir::read_reference(text).form == fhir::ReferenceForm::conditional;
}

}  // namespace

void rename_references(Json& resource, std::string_view full_url, const NewNames& names, fhir::Arena& arena) {
  if (names.empty()) return;
  Walk(Renamer(full_url, names, arena)).resource(resource);
}

void make_relative(Json& resource, std::string_view base) {
  Walk([base](Json& value, Kind kind) {
    const std::string_view text = value.text();
    if (kind != Kind::reference || !text.starts_with(base)) return;
    if (fhir::read_reference(text.substr(base.size())).form == fhir::ReferenceForm::relative) value.set_string(text.substr(base.size()));
  }).resource(resource);
}

std::vector<std::string> conditional_references(const Json& resource) {
  std::vector<std::string> found;
  const auto take = [&found](const Json& value, Kind kind) {
    if (kind == Kind::reference && is_conditional(value.text())) found.emplace_back(value.text());
  };
  Walk(take).resource(const_cast<Json&>(resource));  // which only looks
  return found;
}

void replace_conditional(Json& resource, const NewNames& names) {
  Walk([&names](Json& value, Kind kind) {
    if (kind != Kind::reference || !is_conditional(value.text())) return;
    if (const auto found = names.find(std::string(value.text())); found != names.end()) value.set_string(found->second);
  }).resource(resource);
}

}  // namespace yilian::api
