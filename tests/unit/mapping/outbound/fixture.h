#pragma once
// The project's own rules and small bundles for the tests of engine/mapping/outbound.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "engine/fhir/json.h"
#include "engine/mapping/outbound/outbound.h"

namespace yilian::mapping::outbound::test {

inline const std::string kMappings = YILIAN_SOURCE_DIR "/mappings";

inline const Library& library() {
  static const Library made = [] {
    auto library = Library::load(kMappings + "/fhir-to-hl7v2");
    if (!library) {
      for (const auto& issue : library.error()) ADD_FAILURE() << issue.line();
      throw std::runtime_error("the rules do not load");
    }
    return std::move(*library);
  }();
  return made;
}

inline std::shared_ptr<const Outbound> outbound(const std::string& profile = {}) {
  const auto node = config::read_text(profile, "receiver.yaml");
  auto made = library().compile(profile.empty() ? config::Node() : *node);
  if (!made) {
    for (const auto& issue : made.error()) ADD_FAILURE() << issue.line();
    return nullptr;
  }
  return *made;
}

// 2026-11-05 10:00:00 UTC.
inline How how(const std::string& message = {}) { return {1'793'872'800'000'000, message}; }

inline Result<Sent> send(const std::string& bundle, const std::string& profile = {}, const std::string& message = {}) {
  fhir::Arena arena;
  const auto json = fhir::read_json(bundle, arena);
  if (!json) return Failure(json.error());
  return outbound(profile)->run(**json, how(message));
}

// The segments of the only message, a line each, without MSH.
inline std::string body(const Result<Sent>& sent) {
  if (!sent) return "refused: " + sent.error().line();
  if (sent->messages.size() != 1) return std::to_string(sent->messages.size()) + " messages";
  std::string text = sent->messages[0].text.substr(sent->messages[0].text.find('\r') + 1);
  for (char& c : text) {
    if (c == '\r') c = '\n';
  }
  return text;
}

// "Observation/o1 method: no place in ORU^R01", one a line.
inline std::string losses(const Result<Sent>& sent) {
  std::string out;
  if (!sent) return "refused";
  for (const auto& loss : sent->losses) out += loss.resource + (loss.element.empty() ? "" : " " + loss.element) + ": " + loss.why + "\n";
  return out;
}

inline std::string bundle(const std::string& resources) {
  return R"({"resourceType":"Bundle","type":"collection","entry":[)" + resources + "]}";
}
inline std::string entry(const std::string& resource) { return R"({"resource":)" + resource + "}"; }

inline const std::string kPatient =
    R"({"resourceType":"Patient","id":"p1","identifier":[{"value":"M1","system":"urn:yilian:xinghe:HIS","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]}}],"name":[{"family":"张","given":["三"],"text":"张三"}],"gender":"male","birthDate":"1958-03-07"})";
inline const std::string kReport =
    R"({"resourceType":"DiagnosticReport","id":"r1","identifier":[{"value":"F1","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"FILL"}]}}],"status":"final","code":{"coding":[{"code":"BIO","display":"生化","system":"urn:yilian:xinghe:LIS"}]},"subject":{"reference":"Patient/p1"},"issued":"2026-11-05T18:30:00+08:00","result":[{"reference":"Observation/o1"}]})";
inline std::string observation(const std::string& value) {
  return R"({"resourceType":"Observation","id":"o1","status":"final","code":{"coding":[{"code":"2823-3","system":"http://loinc.org"}]},"subject":{"reference":"Patient/p1"},)" + value + "}";
}
inline std::string report(const std::string& value) { return bundle(entry(kPatient) + "," + entry(kReport) + "," + entry(observation(value))); }

}  // namespace yilian::mapping::outbound::test
