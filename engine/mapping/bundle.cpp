// What a mapping made, as a FHIR transaction Bundle.

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/fhir/json_output.h"
#include "engine/mapping/mapping.h"

namespace yilian::mapping {
namespace {

constexpr std::string_view kUrn = "urn:uuid:";
constexpr std::size_t kIdSize = 36;  // Made::id

class BundleWriter {
 public:
  explicit BundleWriter(const Mapped& mapped)
      : mapped_(mapped), ids_(std::bit_ceil(2 * mapped.resources.size() + 1)) {
    for (const Made& made : mapped.resources) {
      const std::uint64_t first = beginning(made.id);
      std::size_t at = place(first);
      while (!ids_[at].id.empty()) at = (at + 1) & (ids_.size() - 1);
      ids_[at] = {first, made.id};
    }
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

  // "Type/id" of a resource of the message; anything else stays as it is.
  void reference(std::string_view text, fhir::JsonOutput& out) {
    const std::string_view id = text.substr(text.size() > kIdSize ? text.size() - kIdSize : 0);
    if (id.size() == text.size() || text[text.size() - kIdSize - 1] != '/' || !is_of_message(id)) return out.string(text);
    out.put('"');
    out.put(kUrn);
    out.put(id);
    out.put('"');
  }

  // The first eight bytes of an id: they alone tell nearly all apart.
  static std::uint64_t beginning(std::string_view id) {
    std::uint64_t first = 0;
    std::memcpy(&first, id.data(), sizeof first);
    return first;
  }
  std::size_t place(std::uint64_t first) const { return (first * 0x9E3779B97F4A7C15ull >> 32) & (ids_.size() - 1); }
  bool is_of_message(std::string_view id) const {
    const std::uint64_t first = beginning(id);
    for (std::size_t at = place(first); !ids_[at].id.empty(); at = (at + 1) & (ids_.size() - 1)) {
      if (ids_[at].first == first && ids_[at].id == id) return true;
    }
    return false;
  }

  struct Id {
    std::uint64_t first = 0;
    std::string_view id;
  };
  const Mapped& mapped_;
  std::vector<Id> ids_;  // by place, half of them empty at least
};

}  // namespace

std::string transaction_bundle(const Mapped& mapped) { return BundleWriter(mapped).write(); }

}  // namespace yilian::mapping
