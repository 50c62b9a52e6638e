#include "engine/mapping/systems.h"

#include <algorithm>
#include <utility>

namespace yilian::mapping {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// HL7 table 0396, names seen in its place, and OIDs of systems that have a URI of their own.
constexpr std::pair<std::string_view, std::string_view> kKnown[] = {
    {"LN", "http://loinc.org"},
    {"LOINC", "http://loinc.org"},
    {"2.16.840.1.113883.6.1", "http://loinc.org"},
    {"SCT", "http://snomed.info/sct"},
    {"SNOMED", "http://snomed.info/sct"},
    {"SNOMED-CT", "http://snomed.info/sct"},
    {"SNOMED CT", "http://snomed.info/sct"},
    {"2.16.840.1.113883.6.96", "http://snomed.info/sct"},
    {"UCUM", "http://unitsofmeasure.org"},
    {"2.16.840.1.113883.6.8", "http://unitsofmeasure.org"},
    {"I10", "http://hl7.org/fhir/sid/icd-10"},
    {"ICD10", "http://hl7.org/fhir/sid/icd-10"},
    {"ICD-10", "http://hl7.org/fhir/sid/icd-10"},
    {"2.16.840.1.113883.6.3", "http://hl7.org/fhir/sid/icd-10"},
    {"I10C", "http://hl7.org/fhir/sid/icd-10-cm"},
    {"ICD10CM", "http://hl7.org/fhir/sid/icd-10-cm"},
    {"ICD-10-CM", "http://hl7.org/fhir/sid/icd-10-cm"},
    {"2.16.840.1.113883.6.90", "http://hl7.org/fhir/sid/icd-10-cm"},
    {"I10P", "http://www.cms.gov/Medicare/Coding/ICD10"},
    {"ICD10PCS", "http://www.cms.gov/Medicare/Coding/ICD10"},
    {"I9", "http://hl7.org/fhir/sid/icd-9-cm"},
    {"I9C", "http://hl7.org/fhir/sid/icd-9-cm"},
    {"I9CDX", "http://hl7.org/fhir/sid/icd-9-cm"},
    {"I9CP", "http://hl7.org/fhir/sid/icd-9-cm"},
    {"ICD9", "http://hl7.org/fhir/sid/icd-9-cm"},
    {"2.16.840.1.113883.6.103", "http://hl7.org/fhir/sid/icd-9-cm"},
    {"2.16.840.1.113883.6.104", "http://hl7.org/fhir/sid/icd-9-cm"},
    {"CVX", "http://hl7.org/fhir/sid/cvx"},
    {"2.16.840.1.113883.12.292", "http://hl7.org/fhir/sid/cvx"},
    {"MVX", "http://hl7.org/fhir/sid/mvx"},
    {"NDC", "http://hl7.org/fhir/sid/ndc"},
    {"2.16.840.1.113883.6.69", "http://hl7.org/fhir/sid/ndc"},
    {"RXNORM", "http://www.nlm.nih.gov/research/umls/rxnorm"},
    {"2.16.840.1.113883.6.88", "http://www.nlm.nih.gov/research/umls/rxnorm"},
    {"C4", "http://www.ama-assn.org/go/cpt"},
    {"CPT4", "http://www.ama-assn.org/go/cpt"},
    {"CPT", "http://www.ama-assn.org/go/cpt"},
    {"ATC", "http://www.whocc.no/atc"},
    {"WC", "http://www.whocc.no/atc"},
    {"UNII", "http://fdasis.nlm.nih.gov"},
    {"DCM", "http://dicom.nema.org/resources/ontology/DCM"},
    {"MDC", "urn:iso:std:iso:11073:10101"},
    {"ISO3166", "urn:iso:std:iso:3166"},
    {"ISO3166_1", "urn:iso:std:iso:3166"},
    {"CDCREC", "urn:oid:2.16.840.1.113883.6.238"},
};

bool is_oid(std::string_view text) {
  if (text.size() < 3 || text[0] < '0' || text[0] > '2' || text[1] != '.' || text.back() == '.') return false;
  return text.find("..") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? c != '-' : !is_digit(c) && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F')) return false;
  }
  return true;
}

bool is_uri(std::string_view text) {
  const bool scheme = text.starts_with("urn:") || text.starts_with("http://") || text.starts_with("https://");
  return scheme && std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) <= ' '; });
}

// "HL70005", "HL7-0005", "HL7 0005": the table's number, or nothing.
std::string_view hl7_table(std::string_view name) {
  if (!name.starts_with("HL7")) return {};
  name.remove_prefix(3);
  if (!name.empty() && (name[0] == '-' || name[0] == ' ')) name.remove_prefix(1);
  return name.size() == 4 && std::all_of(name.begin(), name.end(), is_digit) ? name : std::string_view();
}

std::string_view join(fhir::Arena& arena, std::string_view head, std::string_view tail) {
  std::string text(head);
  text += tail;
  return arena.copy(text);
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

const FlatMap& known_names() {
  static const FlatMap names = [] {
    FlatMap made;
    for (std::uint32_t i = 0; i < std::size(kKnown); ++i) made.insert(kKnown[i].first, i);
    return made;
  }();
  return names;
}

std::string_view of_oid(std::string_view oid, fhir::Arena& arena) {
  constexpr std::string_view kTables = "2.16.840.1.113883.12.";
  if (const auto at = known_names().find(oid); at != FlatMap::kAbsent) return kKnown[at].second;
  if (oid.starts_with(kTables) && oid.size() - kTables.size() <= 4 &&
      oid.find('.', kTables.size()) == std::string_view::npos) {
    std::string number(oid.substr(kTables.size()));
    number.insert(0, 4 - number.size(), '0');
    return join(arena, "http://terminology.hl7.org/CodeSystem/v2-", number);
  }
  return join(arena, "urn:oid:", oid);
}

// A name that nobody knows: two hospitals' never mix. Blanks cannot stand in a URI.
std::string_view local(std::string_view name, std::string_view hospital, fhir::Arena& arena) {
  std::string uri = "urn:yilian:";
  uri += hospital;
  uri += ':';
  for (const char c : name) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 127 || c == '%') {
      constexpr char kHex[] = "0123456789ABCDEF";
      (uri += '%') += kHex[static_cast<unsigned char>(c) >> 4];
      uri += kHex[static_cast<unsigned char>(c) & 15];
    } else {
      uri += c;
    }
  }
  return arena.copy(uri);
}

}  // namespace

Systems::Systems(const std::map<std::string, std::string>& own) {
  for (const auto& [name, uri] : own) {
    names_.insert(name, static_cast<std::uint32_t>(uris_.size()));
    uris_.push_back(uri);
  }
}

std::string_view Systems::own(std::string_view name) const {
  const auto at = names_.find(name);
  return at == FlatMap::kAbsent ? std::string_view() : std::string_view(uris_[at]);
}

std::string_view Systems::of_name(std::string_view name, std::string_view hospital, fhir::Arena& arena) const {
  if (name.empty()) return {};
  if (const auto uri = own(name); !uri.empty()) return arena.copy(uri);
  if (const auto at = known_names().find(name); at != FlatMap::kAbsent) return kKnown[at].second;
  if (is_oid(name)) return of_oid(name, arena);
  if (is_uuid(name)) return join(arena, "urn:uuid:", name);
  if (is_uri(name)) return name;
  if (const auto table = hl7_table(name); !table.empty())
    return join(arena, "http://terminology.hl7.org/CodeSystem/v2-", table);
  if (const auto at = known_names().find(upper(name)); at != FlatMap::kAbsent) return kKnown[at].second;
  return local(name, hospital, arena);
}

std::string_view Systems::of_authority(std::string_view name, std::string_view id, std::string_view type,
                                       std::string_view hospital, fhir::Arena& arena) const {
  for (const auto part : {id, name}) {
    if (part.empty()) continue;
    if (const auto uri = own(part); !uri.empty()) return arena.copy(uri);
  }
  if (is_oid(id)) return of_oid(id, arena);
  if (is_uuid(id)) return join(arena, "urn:uuid:", id);
  if (is_uri(id)) return id;
  if (id.empty() || !name.empty()) return of_name(name, hospital, arena);
  return type.empty() ? of_name(id, hospital, arena) : local(id, hospital, arena);
}

}  // namespace yilian::mapping
