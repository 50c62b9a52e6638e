#pragma once
// Which codes value sets hold: those of R4's required bindings, those given as ValueSet and CodeSystem resources, and
// what a service beyond knows.

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "engine/fhir/json.h"

namespace yilian::validation {

// Whether a value set (its canonical without version) holds a code; an empty system: only the code is given, by the
// element being a code or string. Nothing: not known.
using Membership =
    std::function<std::optional<bool>(std::string_view value_set, std::string_view system, std::string_view code)>;

class ValueSets {
 public:
  ValueSets();

  // ValueSet and CodeSystem resources; others are passed over. A value set that cannot be listed (filters, systems that
  // are not here) stays unknown.
  void add(const fhir::Json& resource);
  void finish();  // after the last add(): lists what can be listed
  void ask(Membership beyond) { beyond_ = std::move(beyond); }

  std::optional<bool> contains(std::string_view value_set, std::string_view system, std::string_view code) const;

 private:
  struct Code {
    std::string system, code;
    auto operator<=>(const Code&) const = default;
  };
  using Codes = std::set<Code>;
  struct Draft {
    const fhir::Json* compose;
    const fhir::Json* expansion;
  };
  std::optional<Codes> listed(const std::string& url, std::size_t depth);
  std::optional<Codes> part(const fhir::Json& part, std::size_t depth);

  struct Known {
    Codes codes;
    std::set<std::string, std::less<>> bare;  // the codes without their systems
  };
  std::map<std::string, Known, std::less<>> known_;
  std::map<std::string, Draft> drafts_;
  std::map<std::string, std::vector<std::string>> systems_;  // complete code systems
  fhir::Arena memory_;                                       // of the drafts
  Membership beyond_;
};

}  // namespace yilian::validation
