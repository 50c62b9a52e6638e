#pragma once
// Paths, operands and conditions of the rules over the resources of a run.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/mapping/outbound/graph.h"
#include "engine/mapping/outbound/program.h"

namespace yilian::mapping::outbound {

// A value on the way: where a path has come to.
struct Item {
  const fhir::Json* value = nullptr;
  const fhir::Json* aside = nullptr;  // the "_name" member beside a primitive
  const Resource* of = nullptr;
  const fhir::Type* type = nullptr;  // of a primitive
};

class Evaluator {
 public:
  Evaluator(const Program& program, const Graph& graph) : program_(program), graph_(graph) {}

  void items(const Path& path, const Item& here, std::vector<Item>& out);
  // What a path or fhirpath() gives (Expression::gives_items).
  void items(const Expression& operand, const Item& here, std::vector<Item>& out);
  bool test(const Expression& condition, const Item& here);
  // The first valued text; empty when there is none.
  std::string text(const Expression& operand, const Item& here);
  // All texts that an operand has.
  void texts(const Expression& operand, const Item& here, std::vector<std::string>& out);
  std::vector<Item>* variable(const std::string& name);

  std::map<std::string, std::vector<Item>, std::less<>> variables;
  std::string event;  // "S12"
  std::string now;    // as HL7 writes it
  Instant instant = 0;  // the same
  // What fhirpath() could not be asked of.
  struct Trouble {
    const Resource* of;
    std::string expression, what;
  };
  std::vector<Trouble> troubles;
  // What has been read so far and counts as told when something is written because of it.
  std::vector<const fhir::Json*> reads;

 private:
  void step(const Step& step, std::vector<Item>& items);
  std::string call(const Expression& call, const Item& here);
  static bool compare(const std::string& op, const std::string& a, const std::string& b);

  // ask_fhirpath.cpp
  void ask(const FhirPath& fhirpath, const Item& here, std::vector<Item>& out);
  bool holds(const FhirPath& fhirpath, const Item& here);
  std::optional<fhirpath::Collection> evaluate(const FhirPath& fhirpath, const Item& here);
  Item item_of(const fhirpath::Item& found, const Item& here);
  const Resource* owner(const fhirpath::Node& node);

  const Program& program_;
  const Graph& graph_;
  fhir::Arena arena_{512};  // of what fhirpath() makes
  std::unordered_map<const fhir::Json*, const Resource*> owners_;
  bool silent_ = false;  // under `not`: what is read says nothing
};

}  // namespace yilian::mapping::outbound
