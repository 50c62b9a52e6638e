#include "engine/mapping/outbound/names.h"

namespace yilian::mapping::outbound {
namespace {

constexpr std::string_view kTable = "http://terminology.hl7.org/CodeSystem/v2-";
constexpr std::string_view kOid = "urn:oid:", kUuid = "urn:uuid:", kLocal = "urn:yilian:";

int hex(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }

// "urn:yilian:hospital:name": the name, its escapes undone; empty for another URI.
std::string local(std::string_view uri) {
  if (!uri.starts_with(kLocal)) return {};
  const auto colon = uri.find(':', kLocal.size());
  if (colon == std::string_view::npos) return {};
  const auto name = uri.substr(colon + 1);
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '%' && i + 2 < name.size() && hex(name[i + 1]) >= 0 && hex(name[i + 2]) >= 0) {
      out.push_back(static_cast<char>(hex(name[i + 1]) * 16 + hex(name[i + 2])));
      i += 2;
    } else {
      out.push_back(name[i]);
    }
  }
  return out;
}

}  // namespace

std::string Names::coding(std::string_view uri) const {
  if (const auto found = own.find(uri); found != own.end()) return found->second;
  if (const auto found = shared.find(uri); found != shared.end()) return found->second;
  if (uri.starts_with(kTable) && uri.size() == kTable.size() + 4) return "HL7" + std::string(uri.substr(kTable.size()));
  if (uri.starts_with(kOid)) return std::string(uri.substr(kOid.size()));
  auto name = local(uri);
  return name.empty() ? std::string(uri) : name;
}

std::string Names::authority(std::string_view uri) const {
  if (const auto found = own.find(uri); found != own.end()) return found->second;
  return local(uri);
}

std::string Names::universal(std::string_view uri) const {
  if (!authority(uri).empty()) return {};
  if (const auto found = oids.find(uri); found != oids.end()) return found->second;
  if (uri.starts_with(kOid)) return std::string(uri.substr(kOid.size()));
  if (uri.starts_with(kUuid)) return std::string(uri.substr(kUuid.size()));
  return std::string(uri);
}

std::string Names::universal_type(std::string_view uri) const {
  if (uri.empty() || !authority(uri).empty()) return {};
  return uri.starts_with(kOid) || oids.contains(uri) ? "ISO" : uri.starts_with(kUuid) ? "UUID" : "URI";
}

}  // namespace yilian::mapping::outbound
