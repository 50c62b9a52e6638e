#include "engine/mapping/outbound/outbound.h"

#include "engine/mapping/outbound/run.h"

namespace yilian::mapping::outbound {

struct Outbound::Inner {
  std::unique_ptr<Program> program;
};

struct Library::Inner {
  Sources sources;
};

Outbound::Outbound(std::unique_ptr<const Inner> inner) : inner_(std::move(inner)) {}
Outbound::~Outbound() = default;
Library::Library() = default;
Library::~Library() = default;
Library::Library(Library&&) noexcept = default;

tl::expected<Library, std::vector<Issue>> Library::load(const std::string& folder) {
  std::vector<Issue> issues;
  Library library;
  library.inner_ = std::make_unique<Inner>();
  library.inner_->sources = read_sources(folder, issues);
  if (issues.empty()) compile_program(library.inner_->sources, config::Node(), issues);
  if (!issues.empty()) return tl::unexpected(std::move(issues));
  return library;
}

tl::expected<std::shared_ptr<const Outbound>, std::vector<Issue>> Library::compile(const config::Node& profile) const {
  std::vector<Issue> issues;
  auto program = compile_program(inner_->sources, profile, issues);
  if (program == nullptr) return tl::unexpected(std::move(issues));
  auto inner = std::make_unique<Outbound::Inner>();
  inner->program = std::move(program);
  return std::shared_ptr<const Outbound>(new Outbound(std::move(inner)));
}

Result<Sent> Outbound::run(const fhir::Json& bundle, const How& how) const {
  Graph graph;
  if (bundle.text_at("resourceType") != "Bundle") {
    YL_CHECK(graph.add(bundle, {}));
  } else if (const fhir::Json* entries = bundle.find("entry"); entries != nullptr) {
    for (const auto& entry : entries->items()) {
      if (const fhir::Json* resource = entry.find("resource"); resource != nullptr) YL_CHECK(graph.add(*resource, entry.text_at("fullUrl")));
    }
  }
  if (graph.all().empty()) return fail(Code::bad_structure, "no resources in it", "Bundle.entry");
  graph.finish();
  return Run(*inner_->program, graph, how).all();
}

Result<Sent> Outbound::run(std::span<const fhir::Json* const> resources, const How& how) const {
  Graph graph;
  for (const fhir::Json* each : resources) YL_CHECK(graph.add(*each, {}));
  if (graph.all().empty()) return fail(Code::bad_structure, "no resources given");
  graph.finish();
  return Run(*inner_->program, graph, how).all();
}

std::vector<std::string> Outbound::message_types() const {
  std::vector<std::string> out;
  for (const auto& message : inner_->program->messages) {
    for (const auto& event : message.events) out.push_back(event.type);
  }
  return out;
}

}  // namespace yilian::mapping::outbound
