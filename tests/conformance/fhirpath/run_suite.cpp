// Runs suite.json: FHIR's own tests of FHIRPath for R4. Those in known.tsv are expected to fail, for the reason told
// there; one of them that passes is a failure too, so that the list stays true.
// fhirpath_suite [NAME]: all, or one test with what it gave.

#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/fhir/check.h"
#include "engine/fhirpath/expression.h"
#include "engine/fhirpath/quantity.h"
#include "tests/conformance/fhirpath/run_patches.h"

namespace {

using namespace yilian;
using fhir::Json;
using fhirpath::Item;

const std::string kFolder = YILIAN_SOURCE_DIR "/tests/conformance/fhirpath/";

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// A base type's own definition is the only profile there is here.
class SuiteServices : public fhirpath::Services {
 public:
  Result<bool> conforms_to(const fhirpath::Node& node, std::string_view profile) override {
    constexpr std::string_view base = "http://hl7.org/fhir/StructureDefinition/";
    const fhir::Type* type = profile.starts_with(base) ? fhir::type(profile.substr(base.size())) : nullptr;
    if (!type) return fail(Code::not_found, "There is no profile " + std::string(profile));
    return type == node.type && fhir::check(*node.value, 1).empty();
  }
};

std::string type_name(const Item& item) {
  std::string full = fhirpath::type_of(item);
  if (full.starts_with("FHIR.")) return full.substr(5);
  full = full.substr(sizeof "System." - 1);
  if (full != "Quantity") full[0] = static_cast<char>(full[0] - 'A' + 'a');
  return full;
}

// Numbers and quantities by their value, all else by its text.
bool same_value(const Item& item, std::string_view wanted) {
  const bool time = wanted.starts_with("@T");
  if (wanted.starts_with('@')) wanted.remove_prefix(time ? 2 : 1);
  fhir::Arena arena;
  Item value = item;
  if (fhirpath::system_value(item, arena, value)) {
    if (value.is_number()) {
      const auto number = fhirpath::Decimal::parse(wanted);
      const auto mine = fhirpath::Decimal::parse(fhirpath::text_of(value));
      return number && mine && *number == *mine;
    }
    if (value.kind() == Item::Kind::quantity) {
      const auto quantity = fhirpath::parse_quantity(wanted);
      return quantity && quantity->unit == value.quantity().unit && quantity->value == value.quantity().value;
    }
  }
  return fhirpath::text_of(item) == wanted;
}

std::string shown(fhirpath::Collection items) {
  std::string text;
  for (const Item& item : items) text += (text.empty() ? "" : ", ") + type_name(item) + " " + fhirpath::text_of(item);
  return text.empty() ? "nothing" : text;
}

class Suite {
 public:
  // Empty when the test passes, or what it gave instead.
  std::string run(const Json& test) {
    const std::string_view invalid = test.text_at("invalid");
    const Json& resource = input(std::string(test.text_at("input")));
    fhirpath::Options options;
    options.type = fhir::resource_type(resource.text_at("resourceType"));
    options.strict = true;
    options.check_order = test.find("checkOrderedFunctions") != nullptr;
    const auto expression = fhirpath::Expression::compile(test.text_at("expression"), options);
    if (!expression) return invalid.empty() ? expression.error().line() : "";
    if (invalid == "syntax") return "was compiled";
    fhir::Arena arena;
    SuiteServices services;
    const auto result = expression->evaluate(resource, fhirpath::Context{arena, &services});
    if (!result) return invalid.empty() ? result.error().line() : "";
    if (!invalid.empty()) return "gave " + shown(*result) + ", and no error";
    return compare(test, *result);
  }

 private:
  const Json& input(const std::string& name) {
    const auto found = inputs_.find(name);
    if (found != inputs_.end()) return *found->second;
    const std::string text =
        name.empty() ? R"({"resourceType":"Patient"})" : read_file(kFolder + "inputs/" + name + ".json");
    const auto read = fhir::read_json(text, arena_);
    if (!read) {
      std::fprintf(stderr, "%s: %s\n", name.c_str(), read.error().line().c_str());
      std::exit(2);
    }
    return *inputs_.emplace(name, *read).first->second;
  }

  static std::string compare(const Json& test, fhirpath::Collection result) {
    const auto wanted = test.find("outputs")->items();
    if (test.find("predicate")) {
      const bool truth =
          result.size() == 1 && result[0].kind() == Item::Kind::boolean ? result[0].boolean() : !result.empty();
      return wanted.size() == 1 && wanted[0].items()[1].text() == (truth ? "true" : "false") ? ""
                                                                                             : "as a predicate wrong";
    }
    if (result.size() != wanted.size()) return "gave " + shown(result);
    std::vector<bool> used(result.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const std::string_view type = wanted[i].items()[0].text(), value = wanted[i].items()[1].text();
      std::size_t at = i;
      const auto fits = [&] {
        return (type.empty() || type_name(result[at]) == type) && same_value(result[at], value);
      };
      if (test.find("unordered")) {
        for (at = 0; at < result.size() && (used[at] || !fits());) ++at;
        if (at == result.size()) return "gave " + shown(result);
        used[at] = true;
      } else if (!fits()) {
        return "gave " + shown(result);
      }
    }
    return "";
  }

  fhir::Arena arena_;
  std::map<std::string, const Json*> inputs_;
};

std::map<std::string, std::string> known_failures() {
  std::map<std::string, std::string> known;
  std::ifstream in(kFolder + "known.tsv");
  for (std::string line; std::getline(in, line);) {
    const std::size_t tab = line.find('\t');
    if (!line.starts_with('#') && tab != std::string::npos) known[line.substr(0, tab)] = line.substr(tab + 1);
  }
  return known;
}

}  // namespace

int main(int count, char** arguments) {
  fhir::Arena arena;
  const std::string text = read_file(kFolder + "suite.json");
  const auto suite = fhir::read_json(text, arena);
  if (!suite) return std::fprintf(stderr, "suite.json: %s\n", suite.error().line().c_str()), 2;
  const auto known = known_failures();
  const std::string only = count > 1 ? arguments[1] : "";
  Suite runner;
  int passed = 0, failed = 0, expected = 0;
  for (const Json& test : (*suite)->find("tests")->items()) {
    const std::string name(test.text_at("name"));
    if (!only.empty() && name != only) continue;
    const std::string wrong = runner.run(test);
    const auto listed = known.find(name);
    if (wrong.empty() && listed == known.end()) {
      ++passed;
    } else if (wrong.empty()) {
      std::printf("%s passes, but known.tsv says it fails\n", name.c_str());
      ++failed;
    } else if (listed != known.end()) {
      if (!only.empty()) std::printf("%s: %s\n", name.c_str(), wrong.c_str());
      ++expected;
    } else {
      std::printf("%s: %.*s\n    %s\n", name.c_str(), static_cast<int>(test.text_at("expression").size()),
                  test.text_at("expression").data(), wrong.c_str());
      ++failed;
    }
  }
  std::printf("%d / %d tests of FHIRPath passed; the others: tests/conformance/fhirpath/known.tsv\n", passed,
              passed + failed + expected);
  if (only.empty()) {
    const PatchCount patches = run_patches(read_file(kFolder + "patches.json"));
    std::printf("%d / %d cases of FHIRPath Patch passed\n", patches.passed, patches.passed + patches.failed);
    passed += patches.passed;
    failed += patches.failed;
  }
  std::printf("%d passed, %d failed, %d skipped\n", passed, failed, expected);
  return failed == 0 && passed > 0 ? 0 : 1;
}
