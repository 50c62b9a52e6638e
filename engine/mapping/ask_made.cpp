// `only-if` and `refuse` of declared resources, in FHIRPath: asked when all that makes a resource has run and what FHIR
// does not allow is gone, of the JSON that would be written.

#include <algorithm>
#include <cstdio>
#include <unordered_map>
#include <utility>

#include "engine/fhirpath/expression.h"
#include "engine/mapping/run.h"

namespace yilian::mapping {
namespace {

constexpr std::uint64_t kMostSteps = 500'000;  // of one condition on one resource

// Of the zone at that time, minutes; within hours of a change of the clock perhaps that of the other side.
int offset(const Zone& zone, Instant at) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0;
  std::sscanf(fhir_instant(at).c_str(), "%d-%d-%dT%d:%d", &year, &month, &day, &hour, &minute);
  return zone.offset_minutes(year, month, day, hour, minute);
}

}  // namespace

// What conditions look at: resources as they stand now, each made when it is first looked at. They share the scratch's
// tree, and live in an arena of their own that goes when the conditions have been asked.
class MadeResources final : public fhirpath::Services {
 public:
  explicit MadeResources(Run& run)
      : run_(run),
        made_(run.s_.instances.size(), nullptr),
        offset_(offset(run.context_.zone, run.out_.event_time)) {}

  const fhir::Json& json(std::uint32_t instance) {
    const fhir::Json*& made = made_[instance];
    if (made == nullptr) made = run_.made_json(instance, arena_);
    return *made;
  }

  const fhir::Json* resolve(std::string_view reference) override {
    if (places_.empty()) {
      for (std::uint32_t i = 0; i < made_.size(); ++i) {
        if (run_.s_.instances[i].alive) places_.emplace(run_.name_of(i), i);
      }
    }
    const auto found = places_.find(std::string(reference));
    return found == places_.end() ? nullptr : &json(found->second);
  }

  Result<std::optional<bool>> test(const MadeCondition& condition, std::uint32_t instance) {
    fhirpath::Context context{arena_};
    context.services = this;
    context.now = run_.out_.event_time;
    context.offset_minutes = offset_;
    context.limits.steps = kMostSteps;
    const fhirpath::Node& node = fhirpath::keep(arena_, fhirpath::root_node(json(instance)));
    return condition.expression->test(node, context);
  }

 private:
  Run& run_;
  fhir::Arena arena_;
  std::vector<const fhir::Json*> made_;  // by instance
  int offset_;
  std::unordered_map<std::string, std::uint32_t> places_;
};

std::string Run::name_of(std::uint32_t index) const {
  const Instance& instance = s_.instances[index];
  return std::string(instance.root->type->name) + "/" + std::string(instance.id_text, sizeof instance.id_text);
}

// Written as it would be at the end, elsewhere and without a word about where it came from.
const fhir::Json* Run::made_json(std::uint32_t index, fhir::Arena& arena) {
  const auto keep_only = [](auto& list, std::size_t size) { list.erase(list.begin() + static_cast<std::ptrdiff_t>(size), list.end()); };
  const std::size_t origins = out_.origins.size(), used = out_.used.size(), asked = out_.asked.size(), fallbacks = out_.fallbacks.size();
  fhir::Arena* const own = std::exchange(arena_, &arena);
  std::string path;
  const fhir::Json* const json = emit_resource(s_.instances[index], path, 0);
  arena_ = own;
  keep_only(out_.origins, origins);
  keep_only(out_.used, used);
  keep_only(out_.asked, asked);
  keep_only(out_.fallbacks, fallbacks);
  return json;
}

// What is known by its contents alone gets its id when all contents are known. As long as conditions are asked it has a
// number, so that what refers to it finds it.
void Run::number_unidentified(bool numbered) {
  for (std::uint32_t i = 0; i < s_.instances.size(); ++i) {
    Instance& instance = s_.instances[i];
    if (instance.identity != Instance::Identity::contents) continue;
    char text[sizeof instance.id_text + 1] = {};
    if (numbered) std::snprintf(text, sizeof text, "%036u", i);
    std::copy_n(text, sizeof instance.id_text, instance.id_text);
  }
}

// Nothing: the condition cannot be asked of what is there, which is told. An empty result is no.
std::optional<bool> Run::ask(MadeResources& made, const MadeCondition& condition, std::uint32_t instance) {
  const auto answer = made.test(condition, instance);
  if (answer) return answer->value_or(false);
  note(Notice::Kind::other, std::string(s_.instances[instance].root->type->name),
       "'" + std::string(condition.expression->text()) + "' cannot be asked: " + answer.error().line(), condition.info);
  return std::nullopt;
}

template <class Do>
void Run::for_conditions(bool refusing, Do each) {
  MadeResources made(*this);
  for (std::uint32_t i = 0; i < s_.instances.size() && !refusal_; ++i) {
    const Instance& instance = s_.instances[i];
    if (!instance.alive || instance.declared == nullptr) continue;
    for (const MadeCondition& condition : instance.declared->made) {
      if (condition.reason.empty() == refusing) continue;
      if (const auto answer = ask(made, condition, i)) each(i, condition, *answer);
    }
  }
}

// Whether some resource goes. All are asked of the same state, so that their order does not matter.
bool Run::leave_out_unwanted() {
  std::vector<std::uint32_t> unwanted;
  for_conditions(false, [&](std::uint32_t i, const MadeCondition& condition, bool answer) {
    if (answer) return;
    unwanted.push_back(i);
    note(Notice::Kind::other, std::string(s_.instances[i].root->type->name),
         "'" + std::string(condition.expression->text()) + "' does not hold: left out", condition.info);
  });
  for (const std::uint32_t each : unwanted) s_.instances[each].alive = false;
  return !unwanted.empty();
}

void Run::refuse_unwanted() {
  for_conditions(true, [&](std::uint32_t i, const MadeCondition& condition, bool answer) {
    if (answer != condition.refuses_when) return;
    Scope scope;
    scope.segment = s_.instances[i].segment;
    scope.rule = condition.info;
    refuse(condition.reason, scope);
  });
}

// A resource may go because another one went. How far that goes is bounded by how the resources are declared.
void Run::ask_made() {
  number_unidentified(true);
  for (std::size_t round = 0; round <= map_.declared.size() && leave_out_unwanted(); ++round) drop_invalid();
  refuse_unwanted();
  number_unidentified(false);
}

}  // namespace yilian::mapping
