#include <algorithm>
#include <vector>

#include "engine/fhir/definitions.h"
#include "engine/fhir/member_order.h"
#include "engine/fhir/place.h"
#include "engine/fhir/xml.h"
#include "engine/fhir/xml_names.h"
#include "engine/fhir/xml_narrative.h"
#include "engine/fhir/xml_scanner.h"

namespace yilian::fhir {
namespace {

// A member of an object, with what stands beside it.
struct Part {
  const MemberName* found;
  const Json* value = nullptr;
  const Json* sibling = nullptr;
  std::uint32_t rank = 0;
};

// Text for an attribute in double quotes. White space but blanks would be read as blanks.
void write_value(std::string_view text, std::string& out) {
  for (std::size_t at = 0;;) {
    const std::size_t next = std::min(text.find_first_of("&<>\"\t\n\r", at), text.size());
    out.append(text.substr(at, next - at));
    if (next == text.size()) return;
    switch (text[next]) {
      case '&':
        out.append("&amp;");
        break;
      case '<':
        out.append("&lt;");
        break;
      case '>':
        out.append("&gt;");
        break;
      case '"':
        out.append("&quot;");
        break;
      default:
        out.append("&#").append(std::to_string(static_cast<int>(text[next]))).push_back(';');
    }
    at = next + 1;
  }
}

class XmlWriter {
 public:
  XmlWriter(std::string& out, bool pretty) : out_(out), pretty_(pretty) {}

  Result<void> document(const Json& resource) {
    out_.append(R"(<?xml version="1.0" encoding="UTF-8"?>)");
    YL_CHECK(this->resource(resource, Place{nullptr, resource.text_at("resourceType")}, true));
    if (pretty_) out_.push_back('\n');
    return {};
  }

 private:
  Result<void> resource(const Json& value, const Place& place, bool outermost);
  Result<void> content(const Type& type, const Json& value, std::string_view tag, const Place& place);
  Result<void> part(const Part& part, const Place& place);
  Result<void> complex(const MemberName& found, const Json& value, const Place& place);
  Result<void> primitive(const MemberName& found, const Json* value, const Json* sibling, const Place& place);
  Result<void> attribute(std::string_view name, const Json& value, const Place& place);
  Result<std::vector<Part>> parts_of(const Type& type, const Json& value, const Place& place);

  static Failure wrong(const Place& place, std::string what) {
    return fail(Code::bad_structure, std::move(what), place.text());
  }
  void begin(std::string_view tag) {
    if (pretty_) out_.append("\n").append(level_ * 2, ' ');
    out_.append("<").append(tag);
    ++level_;
  }
  void end(std::string_view tag) {
    --level_;
    if (pretty_) out_.append("\n").append(level_ * 2, ' ');
    out_.append("</").append(tag).push_back('>');
  }
  void end_at_once() {
    --level_;
    out_.append("/>");
  }

  std::string& out_;
  bool pretty_;
  std::size_t level_ = 0;
};

Result<void> XmlWriter::resource(const Json& value, const Place& place, bool outermost) {
  const Type* type = resource_type(value.text_at("resourceType"));
  if (!type) return wrong(place, "No resource type of FHIR R4");
  begin(type->name);
  if (outermost) out_.append(" xmlns=\"").append(kFhirNamespace).append("\"");
  return content(*type, value, type->name, place);
}

// From behind the name of the start tag to the end of the element.
Result<void> XmlWriter::content(const Type& type, const Json& value, std::string_view tag, const Place& place) {
  if (!value.is_object()) return wrong(place, "Has to be an object");
  if (level_ > kDeepest) return fail(Code::too_deep, "Nested too deep", place.text());
  YL_TRY(const auto parts, parts_of(type, value, place));
  std::size_t elements = 0;
  for (const Part& each : parts) {
    if (!is_attribute(type, each.found->name)) {
      ++elements;
    } else if (each.sibling) {
      return fail(Code::unsupported, "XML has no place for the extensions of this", place.member(each.found->name).text(),
                  "Ask for JSON");
    } else {
      YL_CHECK(attribute(each.found->name, *each.value, place.member(each.found->name)));
    }
  }
  if (elements == 0) {
    end_at_once();
    return {};
  }
  out_.push_back('>');
  for (const Part& each : parts) {
    if (!is_attribute(type, each.found->name)) YL_CHECK(part(each, place.member(each.found->name)));
  }
  end(tag);
  return {};
}

// In the order of the definitions.
Result<std::vector<Part>> XmlWriter::parts_of(const Type& type, const Json& value, const Place& place) {
  const std::span<const Member> members = value.members();
  const MemberOrder order(type, members);
  std::vector<Part> parts;
  parts.reserve(members.size());
  for (std::size_t i = 0; i < members.size(); ++i) {
    const MemberName* found = order[i].found;
    if (!found) {
      if (members[i].name == "resourceType" && type.kind == Type::Kind::resource) continue;
      return wrong(place.member(members[i].name), "No element of " + std::string(type.name));
    }
    const auto same = std::ranges::find(parts, found, &Part::found);
    Part& part = same == parts.end() ? parts.emplace_back(Part{found}) : *same;
    if (order[i].sibling) {
      part.sibling = &members[i].value;
    } else {
      part.value = &members[i].value;
    }
    part.rank = std::max(part.rank, order[i].rank);
  }
  std::ranges::stable_sort(parts, {}, &Part::rank);
  return parts;
}

Result<void> XmlWriter::part(const Part& part, const Place& place) {
  const MemberName& found = *part.found;
  const bool is_primitive = found.type->kind == Type::Kind::primitive;
  if (!found.element->list) {
    if (is_primitive) return primitive(found, part.value, part.sibling, place);
    return part.value ? complex(found, *part.value, place) : Result<void>(wrong(place, "Is no primitive element"));
  }
  const auto items = part.value ? part.value->items() : std::span<const Json>();
  const auto beside = part.sibling ? part.sibling->items() : std::span<const Json>();
  if (items.empty() && beside.empty()) return wrong(place, "Has to be an array with something in it");
  for (std::size_t i = 0; i < std::max(items.size(), beside.size()); ++i) {
    const Json* value = i < items.size() ? &items[i] : nullptr;
    const Json* sibling = i < beside.size() ? &beside[i] : nullptr;
    if (is_primitive) {
      YL_CHECK(primitive(found, value, sibling, place.item(i)));
    } else if (value) {
      YL_CHECK(complex(found, *value, place.item(i)));
    }
  }
  return {};
}

Result<void> XmlWriter::complex(const MemberName& found, const Json& value, const Place& place) {
  begin(found.name);
  if (found.type->kind != Type::Kind::resource) return content(*found.type, value, found.name, place);
  out_.push_back('>');
  YL_CHECK(resource(value, place, false));
  end(found.name);
  return {};
}

Result<void> XmlWriter::primitive(const MemberName& found, const Json* value, const Json* sibling, const Place& place) {
  if (value && value->is_null()) value = nullptr;
  if (sibling && sibling->is_null()) sibling = nullptr;
  if (value && (value->is_array() || value->is_object())) return wrong(place, "Has to be a single value");
  if (found.type->primitive == Primitive::xhtml) {
    if (!value || sibling) return fail(Code::unsupported, "A narrative without text", place.text(), "Ask for JSON");
    if (pretty_) out_.append("\n").append(level_ * 2, ' ');
    auto written = write_narrative(value->text(), out_);
    if (!written) written.error().where = place.text();
    return written;
  }
  if (!value && !sibling) return wrong(place, "Neither a value nor anything beside it");
  begin(found.name);
  if (!sibling) {
    YL_CHECK(attribute("value", *value, place));
    end_at_once();
    return {};
  }
  if (value) YL_CHECK(attribute("value", *value, place));
  return content(*found.type, *sibling, found.name, place);
}

Result<void> XmlWriter::attribute(std::string_view name, const Json& value, const Place& place) {
  if (value.is_array() || value.is_object() || value.is_null()) return wrong(place, "Has to be a single value");
  const std::string_view text = value.text();
  if (bad_xml_character(text) != std::string_view::npos) {
    return fail(Code::unsupported, "Holds a character that XML does not allow", place.text(), "Ask for JSON");
  }
  out_.append(" ").append(name).append("=\"");
  write_value(text, out_);
  out_.push_back('"');
  return {};
}

}  // namespace

Result<void> write_xml(const Json& resource, std::string& out, bool pretty) {
  return XmlWriter(out, pretty).document(resource);
}

Result<std::string> write_xml(const Json& resource, bool pretty) {
  std::string text;
  YL_CHECK(write_xml(resource, text, pretty));
  return text;
}

}  // namespace yilian::fhir
