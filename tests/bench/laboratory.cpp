#include "laboratory.h"

#include <random>

#include "engine/base/uuid.h"

namespace yilian::bench {
namespace {

constexpr const char* kCodes[] = {"2160-0", "3094-0", "2951-2", "2823-3", "2075-0",
                                  "2345-7", "1742-6", "1920-8", "1751-7", "6690-2"};
constexpr const char* kNames[] = {
    "肌酐", "尿素氮", "钠", "钾", "氯", "葡萄糖", "丙氨酸氨基转移酶", "天门冬氨酸氨基转移酶", "白蛋白", "白细胞"};

}  // namespace

std::string id_of(const std::string& name) { return Uuid::named(root_space(), name).text(); }

std::vector<std::string> resources_of(int number, int patient) {
  const std::string p = id_of("patient" + std::to_string(patient)), e = id_of("encounter" + std::to_string(patient)),
                    n = std::to_string(number);
  const std::string when = "2026-11-" + std::string(number % 28 < 9 ? "0" : "") + std::to_string(number % 28 + 1) +
                           "T08:" + std::to_string(10 + number % 50) + ":00+08:00";
  const std::string subject =
      R"("subject":{"reference":"Patient/)" + p + R"("},"encounter":{"reference":"Encounter/)" + e + R"("})";
  const std::string doctor = id_of("doctor" + std::to_string(patient % 20)),
                    author = id_of("author" + std::to_string(patient % 7)), ward = id_of("organization");
  std::vector<std::string> out;
  out.push_back(
      R"({"resourceType":"Patient","id":")" + p +
      R"(","identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]},"system":"urn:yilian:first:HIS","value":"ZY)" +
      std::to_string(100000 + patient) +
      R"("}],"name":[{"text":"张三","family":"张","given":["三"]}],"gender":"male","birthDate":"1980-05-)" +
      std::to_string(10 + patient % 20) + "\"}");
  out.push_back(
      R"({"resourceType":"Encounter","id":")" + e + R"(","identifier":[{"system":"urn:yilian:first:HIS","value":"V)" +
      std::to_string(patient) +
      R"("}],"status":"in-progress","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"IMP"},"subject":{"reference":"Patient/)" +
      p + R"("},"serviceProvider":{"reference":"Organization/)" + ward + R"("}})");
  out.push_back(R"({"resourceType":"Practitioner","id":")" + doctor + R"(","identifier":[{"value":"D)" +
                std::to_string(patient % 20) + R"("}],"name":[{"family":"王","given":["医生"]}]})");
  out.push_back(R"({"resourceType":"Practitioner","id":")" + author + R"(","identifier":[{"value":"L)" +
                std::to_string(patient % 7) + R"("}],"name":[{"family":"李","given":["检验"]}]})");
  out.push_back(R"({"resourceType":"Organization","id":")" + ward + R"(","name":"检验科"})");
  std::string results;
  for (int i = 0; i < 10; ++i) {
    const std::string id = id_of("obs" + n + "." + std::to_string(i));
    results += (i > 0 ? "," : "") + std::string(R"({"reference":"Observation/)") + id + R"("})";
    out.push_back(
        R"({"resourceType":"Observation","id":")" + id +
        R"(","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],"code":{"coding":[{"system":"http://loinc.org","code":")" +
        kCodes[i] + R"(","display":")" + kNames[i] + R"("}],"text":")" + kNames[i] + R"("},)" + subject +
        R"(,"effectiveDateTime":")" + when +
        R"(","issued":"2026-11-24T09:00:00+08:00","performer":[{"reference":"Practitioner/)" + author +
        R"("}],"valueQuantity":{"value":)" + std::to_string(number % 90 + i) + "." + std::to_string(i) +
        R"(,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"},"interpretation":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"N"}]}],"referenceRange":[{"text":"3.5-5.3"}]})");
  }
  const std::string order = id_of("order" + n),
                    code = R"("code":{"coding":[{"system":"urn:yilian:first:LIS","code":"BIO","display":"生化全套"}]})";
  out.push_back(R"({"resourceType":"ServiceRequest","id":")" + order +
                R"(","identifier":[{"type":{"coding":[{"code":"PLAC"}]},"value":"P)" + n +
                R"("},{"type":{"coding":[{"code":"FILL"}]},"value":"F)" + n +
                R"("}],"status":"completed","intent":"order",)" + code + "," + subject + R"(,"authoredOn":")" + when +
                R"(","requester":{"reference":"Practitioner/)" + doctor + R"("}})");
  out.push_back(
      R"({"resourceType":"DiagnosticReport","id":")" + id_of("report" + n) + R"(","identifier":[{"value":"F)" + n +
      R"("}],"basedOn":[{"reference":"ServiceRequest/)" + order +
      R"("}],"status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0074","code":"LAB"}]}],)" +
      code + "," + subject + R"(,"effectiveDateTime":")" + when + R"(","result":[)" + results + "]}");
  return out;
}

int patient_of(int number) {
  std::mt19937 random(static_cast<unsigned>(number));
  return static_cast<int>(random() % 2000);
}

}  // namespace yilian::bench
