// What a mapping made, as a FHIR transaction Bundle.

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/fhir/json_output.h"
#include "engine/mapping/mapping.h"

namespace yilian::mapping {
namespace {

constexpr std::string_view kUrn = "urn:uuid:";

class BundleWriter {
 public:
  explicit BundleWriter(const Mapped& mapped) : mapped_(mapped) {
    for (const Made& made : mapped.resources) ids_.push_back(sorted_by(made.id));
    std::sort(ids_.begin(), ids_.end());
  }

  std::string write() {
    std::string text;
    {
      fhir::JsonOutput out(text, 256 + mapped_.resources.size() * 1280);
      out.put(R"({"resourceType":"Bundle","type":"transaction","entry":[)");
      for (const Made& made : mapped_.resources) {
        if (&made != mapped_.resources.data()) out.put(',');
        out.put(R"({"fullUrl":"urn:uuid:)");
        out.put(made.id);
        out.put(R"(","resource":)");
        value(*made.resource, {}, out);
        out.put(R"(,"request":{"method":"PUT","url":")");
        out.put(made.type);
        out.put('/');
        out.put(made.id);
        out.put("\"}}");
      }
      out.put("]}");
    }
    return text;
  }

 private:
  // The length tells nearly all other names apart.
  static bool names_reference(std::string_view name) { return name.size() == 9 && name == "reference"; }

  // Deep as a resource is: rules bound it.
  void value(const fhir::Json& json, std::string_view name, fhir::JsonOutput& out) {
    // Sealed is nothing that refers to a resource of the message.
    if (const std::string_view text = json.sealed_text(); !text.empty()) return out.put(text);
    switch (json.kind()) {
      case fhir::Json::Kind::object: {
        char before = '{';
        for (const fhir::Member& member : json.members()) {
          // A name is an element's: plain.
          if (member.value.is_string() && !names_reference(member.name)) {
            out.member(before, member.name, member.value.text());
          } else {
            out.name(before, member.name);
            value(member.value, member.name, out);
          }
          before = ',';
        }
        out.put(before == '{' ? std::string_view("{}") : std::string_view("}"));
        break;
      }
      case fhir::Json::Kind::array: {
        char before = '[';
        for (const fhir::Json& item : json.items()) {
          out.put(std::exchange(before, ','));
          value(item, {}, out);
        }
        out.put(before == '[' ? std::string_view("[]") : std::string_view("]"));
        break;
      }
      case fhir::Json::Kind::string:
        names_reference(name) ? reference(json.text(), out) : out.string(json.text());
        break;
      case fhir::Json::Kind::null:
        out.put("null");
        break;
      case fhir::Json::Kind::boolean:
      case fhir::Json::Kind::number:
        out.put(json.text());
        break;
    }
  }

  void reference(std::string_view text, fhir::JsonOutput& out) {
    const auto slash = text.rfind('/');
    if (slash == std::string_view::npos || slash + 1 == text.size()) return out.string(text);
    const std::string_view id = text.substr(slash + 1);
    if (!std::binary_search(ids_.begin(), ids_.end(), sorted_by(id))) return out.string(text);
    out.put('"');
    out.put(kUrn);
    out.put(id);
    out.put('"');
  }

  // An id behind its first eight bytes: those alone tell nearly all apart.
  using Id = std::pair<std::uint64_t, std::string_view>;
  static Id sorted_by(std::string_view id) {
    std::uint64_t first = 0;
    std::memcpy(&first, id.data(), std::min(id.size(), sizeof first));
    return {first, id};
  }

  const Mapped& mapped_;
  std::vector<Id> ids_;
};

}  // namespace

std::string transaction_bundle(const Mapped& mapped) { return BundleWriter(mapped).write(); }

}  // namespace yilian::mapping
