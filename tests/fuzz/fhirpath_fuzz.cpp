// Any bytes as an expression, a line end, and a resource: compiled or refused with a place; evaluated to a bounded
// result, always the same, or an Issue. A Parameters resource is also taken for a patch. A broken promise aborts.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/fhirpath/expression.h"
#include "engine/fhirpath/patch.h"

namespace {

using namespace yilian;
using namespace yilian::fhirpath;

constexpr std::string_view kPatient =
    R"({"resourceType":"Patient","id":"p","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},"contained":[{"resourceType":"Organization","id":"o"}],"active":true,"name":[{"use":"official","family":"Wang","given":["Li","Na"],"_given":[null,{"id":"g"}]},{"text":"x"}],"birthDate":"1974-12","multipleBirthInteger":2,"managingOrganization":{"reference":"#o"}})";

void require(bool promise) {
  if (!promise) std::abort();
}

std::string shown(Collection items) {
  std::string text;
  for (const Item& item : items) {
    text += type_of(item) + ' ' + text_of(item) + '\n';
    if (item.is_node()) require(!place_of(item.node()).empty());
  }
  return text;
}

void evaluate(const Expression& expression, const fhir::Json& resource) {
  std::string first;
  for (int turn = 0; turn < 2; ++turn) {
    fhir::Arena arena;
    Context context{arena};
    context.limits = {.steps = 50'000, .items = 5'000, .text_bytes = 64 * 1024};
    context.now = Instant{1'700'000'000'000'000};
    context.resolve_types_only = true;
    const auto result = expression.evaluate(resource, context);
    if (!result) {
      require(!result.error().what.empty() && !result.error().where.empty());
      return;
    }
    require(result->size() <= context.limits.items);
    const std::string text = shown(*result);
    require(turn == 0 || text == first);
    first = text;
  }
}

void try_patch(const fhir::Json& parameters, const fhir::Json& patient) {
  fhir::Arena arena;
  const std::string before = fhir::write_json(patient);
  const auto made = patch(patient, parameters, arena);
  require(fhir::write_json(patient) == before);
  if (!made) {
    require(!made.error().what.empty() && !made.error().where.empty());
    return;
  }
  const std::string written = fhir::write_json(**made);
  const auto again = fhir::read_json(written, arena, {.depth = fhir::kDeepest});
  require(again && fhir::equal(**again, **made));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t end = bytes.find("\n{");
  const std::string_view text = bytes.substr(0, end);
  fhir::Arena arena;
  const fhir::Json* const patient = *fhir::read_json(kPatient, arena);
  const fhir::Json* resource = patient;
  if (end != std::string_view::npos) {
    const auto read = fhir::read_json(bytes.substr(end + 1), arena);
    if (read) resource = *read;
  }
  const fhir::Type* const type = fhir::resource_type(resource->text_at("resourceType"));
  for (const Options& options :
       {Options{}, Options{.type = type, .strict = true, .as_filters = true, .check_order = true}}) {
    const auto expression = Expression::compile(text, options);
    if (!expression) {
      require(!expression.error().what.empty());
      continue;
    }
    evaluate(*expression, *resource);
  }
  if (resource != patient) try_patch(*resource, *patient);
  return 0;
}
