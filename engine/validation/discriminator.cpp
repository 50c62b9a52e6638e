#include "engine/validation/discriminator.h"

#include <algorithm>

namespace yilian::validation {
namespace {

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// The end of the step that begins the text: at a dot outside of parentheses and quotes.
std::size_t step_end(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\'') quoted = !quoted;
    if (quoted) continue;
    if (text[i] == '(') ++depth;
    if (text[i] == ')') --depth;
    if (text[i] == '.' && depth == 0) return i;
  }
  return text.size();
}

// What stands in the parentheses of a call of the function; nothing: it is no such call.
std::optional<std::string_view> argument_of(std::string_view step, std::string_view function) {
  if (!step.starts_with(function) || !step.ends_with(')')) return std::nullopt;
  step = step.substr(function.size());
  if (!step.starts_with('(')) return std::nullopt;
  return step.substr(1, step.size() - 2);
}

}  // namespace

Result<std::vector<PathStep>> read_discriminator_path(std::string_view text) {
  using Kind = PathStep::Kind;
  std::vector<PathStep> path;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = step_end(rest);
    std::string_view step = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (step == "$this") continue;
    if (step.ends_with("[x]")) step.remove_suffix(3);
    if (const auto url = argument_of(step, "extension");
        url && url->size() > 2 && url->starts_with('\'') && url->ends_with('\'')) {
      path.push_back({Kind::extension, std::string(url->substr(1, url->size() - 2))});
    } else if (const auto type = argument_of(step, "ofType"); type && is_name(*type)) {
      path.push_back({Kind::of_type, std::string(*type)});
    } else if (step == "resolve()") {
      path.push_back({Kind::resolve, {}});
    } else if (is_name(step)) {
      path.push_back({Kind::child, std::string(step)});
    } else {
      return fail(Code::unsupported, "The discriminator \"" + std::string(text) + "\" cannot be followed", {},
                  "Use names of elements, extension('url'), ofType(Type) and resolve()");
    }
  }
  return path;
}

}  // namespace yilian::validation
