#pragma once
// Which messages a route takes: a condition on the message in the words of the mapping language, and one in FHIRPath on what it became.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/config.h"
#include "engine/fhir/json.h"
#include "engine/fhirpath/expression.h"
#include "engine/hl7v2/message.h"

namespace yilian::routing {

// `when: 'MSH-9.1 = "ORU" and OBX-8 in ("HH", "LL")'`. A path stands for all its values in the message, of every segment of that name and
// every repetition; a comparison holds when it holds for one of them. A path alone holds when one is valued; a segment alone when it is there.
class MessageCondition {
 public:
  // Errors: bad_config at the node's place.
  static Result<MessageCondition> compile(const config::Node& node);
  bool holds(const hl7v2::Message& message) const;

 private:
  struct Test;
  std::shared_ptr<const Test> test_;
};

// `fhirpath: "Observation.interpretation.coding.where(code = 'HH').exists()"`. Asked of each resource that the message became (of that type, when it begins with
// one), and holds when it holds for one.
class ResultCondition {
 public:
  static Result<ResultCondition> compile(const config::Node& node);
  // What cannot be asked of a resource (an error of evaluation) does not hold for it.
  bool holds(std::span<const fhir::Json* const> resources, Instant now) const;

 private:
  const fhir::Type* type_ = nullptr;  // nullptr: of any
  std::shared_ptr<const fhirpath::Expression> expression_;
};

}  // namespace yilian::routing
