#pragma once
// A Patient and a laboratory Observation as a hospital sends them, and the time that a thread has used.

#include <ctime>
#include <string_view>

namespace yilian::bench {

inline constexpr std::string_view kPatient =
    R"({"resourceType":"Patient","id":"a","identifier":[{"use":"usual","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]},"system":"urn:oid:1.2.36.146.595.217.0.1","value":"12345"}],"active":true,"name":[{"use":"official","family":"Wang","given":["Li","Na"]},{"use":"usual","given":["Lili"]}],"telecom":[{"system":"phone","value":"13800000000","use":"mobile"},{"system":"email","value":"a@b.example"}],"gender":"female","birthDate":"1974-12-25","deceasedBoolean":false,"address":[{"use":"home","type":"both","line":["534 Erewhon St"],"city":"PleasantVille","district":"Rainbow","state":"Vic","postalCode":"3999"}],"generalPractitioner":[{"reference":"Practitioner/1"}],"managingOrganization":{"reference":"Organization/1"}})";
inline constexpr std::string_view kObservation =
    R"({"resourceType":"Observation","id":"f","identifier":[{"system":"http://a.example","value":"6323"}],"status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"15074-8","display":"Glucose"}]},"subject":{"reference":"Patient/a"},"encounter":{"reference":"Encounter/e"},"effectiveDateTime":"2013-04-02T09:30:10+01:00","issued":"2013-04-03T15:30:10+01:00","performer":[{"reference":"Practitioner/1"}],"valueQuantity":{"value":6.3,"unit":"mmol/l","system":"http://unitsofmeasure.org","code":"mmol/L"},"interpretation":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"H"}]}],"referenceRange":[{"low":{"value":3.1},"high":{"value":6.2}}]})";

inline double cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

}  // namespace yilian::bench
