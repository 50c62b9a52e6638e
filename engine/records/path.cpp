#include "engine/records/path.h"

#include <optional>

namespace yilian::records {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Whether the character at `i` stands within quotes, or closes them; what is escaped there is gone over.
bool is_quoted(std::string_view text, std::size_t& i, bool& quoted) {
  if (quoted && text[i] == '\\') {
    ++i;
    return true;
  }
  const bool was = quoted;
  if (text[i] == '\'') quoted = !quoted;
  return was || quoted;
}

// Where the bracket that opens at `open` closes; npos when it does not.
std::size_t closing(std::string_view text, std::size_t open) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = open; i < text.size(); ++i) {
    if (is_quoted(text, i, quoted)) continue;
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth == 0) return i;
  }
  return std::string_view::npos;
}

std::vector<std::string_view> split_top(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  int depth = 0;
  bool quoted = false;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_quoted(text, i, quoted)) continue;
    if (text[i] == '(') ++depth;
    if (text[i] == ')') --depth;
    if (text[i] == separator && depth == 0) {
      parts.push_back(trim(text.substr(start, i - start)));
      start = i + 1;
    }
  }
  parts.push_back(trim(text.substr(start)));
  return parts;
}

bool is_name(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) return false;
  }
  return true;
}

// The paths so far, with the type each has come to.
using Open = std::vector<Path>;

// A few of R4's expressions write "DateTime" for dateTime.
bool same_type(std::string_view name, std::string_view written) {
  return name.size() == written.size() && name.substr(1) == written.substr(1) && (name[0] | 0x20) == (written[0] | 0x20);
}

bool is_of(const fhir::Type* type, std::string_view name) {
  for (; type != nullptr; type = type->base) {
    if (same_type(type->name, name)) return true;
  }
  return false;
}

bool go_into(Open& paths, const fhir::Type& start, std::string_view name) {
  Open next;
  for (const Path& path : paths) {
    const fhir::Type& at = path.leaf == nullptr ? start : *path.leaf;
    // The extensions of a primitive stand beside it, in "_name", where no path goes.
    if (at.kind == fhir::Type::Kind::primitive) return false;
    const fhir::Element* element = at.find(name);
    if (element == nullptr) continue;
    for (std::size_t i = 0; i < element->types.size(); ++i) {
      Path further = path;
      further.steps.push_back({.member = element->choice ? element->json_names[i] : element->name,
                               .index = -1,
                               .filter_member = {},
                               .filter_value = {}});
      further.leaf = element->types[i];
      further.element = element;
      further.repeats = path.repeats || element->list;
      next.push_back(std::move(further));
    }
  }
  paths = std::move(next);
  return !paths.empty();
}

void keep_type(Open& paths, std::string_view name) {
  std::erase_if(paths, [&](const Path& path) { return path.leaf == nullptr || !is_of(path.leaf, name); });
}

// One text in quotes, with nothing in it that stands for something else.
bool is_text(std::string_view text) {
  return text.size() >= 2 && text.front() == '\'' && text.back() == '\'' &&
         text.substr(1, text.size() - 2).find_first_of("'\\") == std::string_view::npos;
}

bool filter(Open& paths, std::string_view condition) {
  constexpr std::string_view kResolve = "resolve() is ";
  if (condition.starts_with(kResolve)) {
    const std::string_view target = trim(condition.substr(kResolve.size()));
    if (!fhir::is_resource_type(target)) return false;
    for (Path& path : paths) path.target = fhir::type(target)->name;
    return true;
  }
  const std::size_t equals = condition.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view member = trim(condition.substr(0, equals));
  const std::string_view value = trim(condition.substr(equals + 1));
  if (!is_name(member) || !is_text(value)) return false;
  for (Path& path : paths) {
    if (path.steps.empty() || !path.steps.back().filter_member.empty()) return false;
    path.steps.back().filter_member = member;
    path.steps.back().filter_value = value.substr(1, value.size() - 2);
  }
  return true;
}

// extension('url'): the values of such extensions.
bool into_extension(Open& paths, const fhir::Type& start, std::string_view url) {
  if (url.size() < 3 || !is_text(url)) return false;
  if (!go_into(paths, start, "extension")) return false;
  for (Path& path : paths) {
    path.steps.back().filter_member = "url";
    path.steps.back().filter_value = url.substr(1, url.size() - 2);
  }
  return go_into(paths, start, "value");
}

bool apply_function(Open& paths, const fhir::Type& start, std::string_view name, std::string_view argument) {
  if (name == "as" || name == "ofType") {
    keep_type(paths, argument);
    return true;
  }
  if (name == "extension") return into_extension(paths, start, argument);
  return name == "where" && filter(paths, argument);
}

bool apply_index(Open& paths, std::string_view text) {
  int index = 0;
  if (text.empty() || text.size() > 3) return false;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    index = index * 10 + (c - '0');
  }
  for (Path& path : paths) {
    if (path.steps.empty() || !path.steps.back().filter_member.empty()) return false;
    path.steps.back().index = index;
  }
  return true;
}

// One part of a union.
std::optional<Open> compile_part(const fhir::Type& type, std::string_view part, bool relative) {
  std::string_view cast;
  if (part.starts_with("(") && closing(part, 0) == part.size() - 1) part = trim(part.substr(1, part.size() - 2));
  if (const std::size_t as = part.rfind(" as ");
      as != std::string_view::npos && part.find(')', as) == std::string_view::npos) {
    cast = trim(part.substr(as + 4));
    part = trim(part.substr(0, as));
  }
  Open paths(1);
  bool first = !relative;
  for (std::string_view piece : split_top(part, '.')) {
    std::string_view index;
    if (first && piece.starts_with("(")) {  // (Observation.value as CodeableConcept).text
      auto inner = closing(piece, 0) == piece.size() - 1 ? compile_part(type, piece, relative) : std::nullopt;
      if (!inner) return std::nullopt;
      paths = std::move(*inner);
      first = false;
      continue;
    }
    if (piece.ends_with("]")) {
      const std::size_t open = piece.find('[');
      if (open == std::string_view::npos) return std::nullopt;
      index = piece.substr(open + 1, piece.size() - open - 2);
      piece = piece.substr(0, open);
    }
    if (const std::size_t open = piece.find('('); open != std::string_view::npos) {
      if (first || closing(piece, open) != piece.size() - 1) return std::nullopt;
      if (!apply_function(paths, type, piece.substr(0, open), trim(piece.substr(open + 1, piece.size() - open - 2))))
        return std::nullopt;
    } else if (!is_name(piece)) {
      return std::nullopt;
    } else if (first) {
      if (!is_of(&type, piece)) return std::nullopt;
    } else if (!go_into(paths, type, piece)) {
      return std::nullopt;
    }
    if (!index.empty() && !apply_index(paths, index)) return std::nullopt;
    first = false;
  }
  if (!cast.empty()) keep_type(paths, cast);
  std::erase_if(paths, [](const Path& path) { return path.leaf == nullptr; });
  return paths;
}

std::vector<Path> compile(const fhir::Type& type, std::string_view expression, bool relative) {
  std::vector<Path> paths;
  if (expression.empty()) return paths;
  for (const std::string_view part : split_top(expression, '|')) {
    auto compiled = compile_part(type, part, relative);
    if (!compiled) return {};
    for (Path& path : *compiled) paths.push_back(std::move(path));
  }
  return paths;
}

}  // namespace

std::vector<std::string_view> union_parts(std::string_view expression) { return split_top(expression, '|'); }

std::vector<Path> compile_path(const fhir::Type& type, std::string_view expression) {
  return compile(type, expression, false);
}

std::vector<Path> compile_relative(const fhir::Type& type, std::string_view expression) {
  return compile(type, expression, true);
}

}  // namespace yilian::records
