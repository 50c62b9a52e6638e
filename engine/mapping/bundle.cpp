// What a mapping made, as a FHIR transaction Bundle.

#include <algorithm>
#include <string_view>
#include <vector>

#include "engine/mapping/mapping.h"

namespace yilian::mapping {
namespace {

constexpr std::string_view kUrn = "urn:uuid:";

class BundleWriter {
 public:
  explicit BundleWriter(const Mapped& mapped) : mapped_(mapped) {
    for (const Made& made : mapped.resources) ids_.push_back(made.id);
    std::sort(ids_.begin(), ids_.end());
  }

  std::string write() {
    out_.reserve(256 + mapped_.resources.size() * 1024);
    out_ += R"({"resourceType":"Bundle","type":"transaction","entry":[)";
    for (const Made& made : mapped_.resources) {
      if (&made != mapped_.resources.data()) out_ += ',';
      ((out_ += R"({"fullUrl":"urn:uuid:)") += made.id) += R"(","resource":)";
      value(*made.resource, {});
      (((out_ += R"(,"request":{"method":"PUT","url":")") += made.type) += '/') += made.id;
      out_ += "\"}}";
    }
    out_ += "]}";
    return std::move(out_);
  }

 private:
  // Deep as a resource is: rules bound it.
  void value(const fhir::Json& json, std::string_view name) {
    if (json.is_object()) {
      char separator = '{';
      for (const fhir::Member& member : json.members()) {
        out_ += separator;
        separator = ',';
        // Names of FHIR elements: nothing in them to escape.
        ((out_ += '"') += member.name) += "\":";
        value(member.value, member.name);
      }
      out_ += separator == '{' ? "{}" : "}";
    } else if (json.is_array()) {
      char separator = '[';
      for (const fhir::Json& item : json.items()) {
        out_ += separator;
        separator = ',';
        value(item, {});
      }
      out_ += separator == '[' ? "[]" : "]";
    } else if (json.is_string()) {
      name == "reference" ? reference(json.text()) : fhir::write_json_string(json.text(), out_);
    } else {
      out_ += json.kind() == fhir::Json::Kind::null ? std::string_view("null") : json.text();
    }
  }

  void reference(std::string_view text) {
    const auto slash = text.rfind('/');
    const std::string_view id = slash == std::string_view::npos ? std::string_view() : text.substr(slash + 1);
    if (id.empty() || !std::binary_search(ids_.begin(), ids_.end(), id)) return fhir::write_json_string(text, out_);
    ((((out_ += '"') += kUrn) += id) += '"');
  }

  const Mapped& mapped_;
  std::vector<std::string_view> ids_;
  std::string out_;
};

}  // namespace

std::string transaction_bundle(const Mapped& mapped) { return BundleWriter(mapped).write(); }

}  // namespace yilian::mapping
