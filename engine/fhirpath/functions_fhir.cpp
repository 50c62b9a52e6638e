// What FHIR adds (R4, fhirpath.html#functions).

#include <algorithm>
#include <vector>

#include "engine/fhir/reference_text.h"
#include "engine/fhirpath/function.h"
#include "engine/fhirpath/resolve.h"
#include "engine/fhirpath/run.h"
#include "engine/fhirpath/xhtml.h"

namespace yilian::fhirpath {
namespace {

// The extensions of an item, whose JSON is beside a primitive.
void add_extensions(Call& call, const Item& item, std::string_view url, Collector& out) {
  if (!item.is_node()) return;
  Step name;
  name.name = "extension";
  Collector all(call.run);
  call.run.children_named(item.node(), name, all);
  for (const Item& each : all.done()) {
    const Node& node = each.node();
    if (node.value && node.value->text_at("url") == url) out.add(each);
  }
}

Collection extension(Call& call) {
  std::string_view url;
  if (!call.run.single_text(call.step, call.argument(0), url)) return {};
  Collector out(call.run);
  for (const Item& item : call.input) add_extensions(call, item, url, out);
  return out.done();
}

// Not of the standard, but R4's own search parameters use it.
Collection has_extension(Call& call) { return call.run.one(!extension(call).empty()); }

Collection has_value(Call& call) {
  if (call.input.size() != 1) return call.run.one(false);
  const Item& item = call.input.front();
  Item value = item;
  return call.run.one(!item.is_node() || (item.node().is_primitive() && call.run.system(item, value)));
}

Collection get_value(Call& call) {
  if (call.input.size() != 1) return {};
  const Item& item = call.input.front();
  if (item.is_node() && !item.node().is_primitive()) return {};
  Item value = item;
  return call.run.system(item, value) ? call.run.one(value) : Collection();
}

Collection resolve(Call& call) {
  Collector out(call.run);
  for (const Item& item : call.input) {
    if (const Node* found = resolve_reference(call.run, item)) out.add(Item::of(*found));
  }
  return out.done();
}

Services* services(Call& call, std::string_view what) {
  Services* const found = call.run.context().services;
  if (!found) {
    call.run.fail(call.step, Code::unsupported, std::string(what) + "() needs a service that is not there");
  }
  return found;
}

Collection member_of(Call& call) {
  std::string_view url;
  if (call.input.empty()) return {};
  if (call.input.size() > 1) return call.fail("memberOf() takes one item");
  if (!call.run.single_text(call.step, call.argument(0), url)) return {};
  Services* const asked = services(call, "memberOf");
  if (!asked) return {};
  auto answer = asked->member_of(call.input.front(), url);
  if (!answer) return call.run.fail(call.step, std::move(answer).error());
  return *answer ? call.run.one(**answer) : Collection();
}

Collection conforms_to(Call& call) {
  std::string_view url;
  if (call.input.empty()) return {};
  if (call.input.size() > 1 || !call.input.front().is_node()) return call.fail("conformsTo() takes one element");
  if (!call.run.single_text(call.step, call.argument(0), url)) return {};
  Services* const asked = services(call, "conformsTo");
  if (!asked) return {};
  auto answer = asked->conforms_to(call.input.front().node(), url);
  if (!answer) return call.run.fail(call.step, std::move(answer).error());
  return call.run.one(*answer);
}

Collection html_checks(Call& call) {
  if (call.input.empty()) return {};
  std::string_view text;
  if (!call.run.single_text(call.step, call.input, text)) return {};
  call.run.spend(text.size() / 4);
  return call.run.one(is_narrative(text));
}

// False where an item has a modifier extension whose URL is not among those given.
Collection check_modifiers(Call& call) {
  std::vector<std::string_view> known;
  for (std::size_t i = 0; i < call.step.arguments.size(); ++i) {
    for (const Item& item : call.argument(i)) {
      std::string_view url;
      if (call.run.single_text(call.step, {&item, 1}, url)) known.push_back(url);
    }
  }
  Step name;
  name.name = "modifierExtension";
  for (const Item& item : call.input) {
    if (!item.is_node()) continue;
    Collector all(call.run);
    call.run.children_named(item.node(), name, all);
    for (const Item& each : all.done()) {
      const fhir::Json* value = each.node().value;
      const std::string_view url = value ? value->text_at("url") : std::string_view();
      if (std::ranges::find(known, url) == known.end()) return call.run.one(false);
    }
  }
  return call.run.one(true);
}

Collection not_done(Call& call) {
  return call.run.fail(call.step, Code::unsupported, std::string(call.step.function->name) + "() is not done here");
}

constexpr Function kFunctions[]{
    {"extension", 1, 1, Gives::extension, kNever, false, extension},
    {"hasExtension", 1, 1, Gives::boolean, kNever, false, has_extension},
    {"hasValue", 0, 0, Gives::boolean, kNever, false, has_value},
    {"getValue", 0, 0, Gives::other, kNever, false, get_value},
    {"resolve", 0, 0, Gives::unknown, kNever, false, resolve},
    {"memberOf", 1, 1, Gives::boolean, kNever, false, member_of},
    {"conformsTo", 1, 1, Gives::boolean, kNever, false, conforms_to},
    {"htmlChecks", 0, 0, Gives::boolean, kNever, false, html_checks},
    {"checkModifiers", 0, 16, Gives::boolean, kNever, false, check_modifiers},
    {"elementDefinition", 0, 0, Gives::unknown, kNever, false, not_done},
    {"slice", 2, 2, Gives::unknown, kNever, false, not_done},
    {"subsumes", 1, 1, Gives::boolean, kNever, false, not_done},
    {"subsumedBy", 1, 1, Gives::boolean, kNever, false, not_done},
};

}  // namespace

std::span<const Function> fhir_functions() { return kFunctions; }

}  // namespace yilian::fhirpath
