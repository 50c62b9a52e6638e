#include "engine/fhir/json_patch.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "engine/fhir/json_pointer.h"

namespace yilian::fhir {
namespace {

std::string shown(std::string_view text) { return "'" + std::string(text.substr(0, 80)) + "'"; }

class Patch {
 public:
  Patch(Json& root, Arena& arena, const PatchLimits& limits) : root_(root), arena_(arena), limits_(limits) {}

  Result<void> apply(const Json& operation, std::size_t number);

 private:
  std::string here(std::string_view member = {}) const {
    std::string text = "patch[" + std::to_string(number_) + "]";
    if (!member.empty()) text.append(".").append(member);
    return text;
  }
  Failure no_place(std::string_view member, std::string_view pointer, std::string why) const {
    return fail(Code::conflict, shown(pointer) + ": " + std::move(why), here(member),
                "Read the resource again, and patch what is there now");
  }

  Result<Pointer> pointer(const Json& operation, std::string_view member);
  Result<Json*> find(const Pointer& at, std::string_view member);
  Result<const Json*> value_of(const Json& operation) const;
  Result<Json> taken(const Json& value, std::size_t level);
  Result<void> add(const Pointer& at, const Json& value);
  Result<void> remove(const Pointer& at, std::string_view member);
  Result<void> replace(const Pointer& at, const Json& value);
  Result<void> move(const Pointer& from, const Pointer& to);

  Json& root_;
  Arena& arena_;
  const PatchLimits& limits_;
  std::size_t number_ = 0;
  std::size_t values_ = 0;
};

Result<Pointer> Patch::pointer(const Json& operation, std::string_view member) {
  const Json* text = operation.find(member);
  if (!text || !text->is_string()) {
    return fail(Code::bad_structure, "Needs a JSON Pointer in " + shown(member), here());
  }
  auto read = read_pointer(text->text());
  if (!read) read.error().where = here(member);
  return read;
}

Result<const Json*> Patch::value_of(const Json& operation) const {
  const Json* value = operation.find("value");
  if (!value) return fail(Code::bad_structure, "Needs a value", here());
  return value;
}

Result<Json*> Patch::find(const Pointer& at, std::string_view member) {
  Json* found = find_pointer(root_, at.parts);
  if (!found) return no_place(member, at.text, "there is nothing at this place");
  return found;
}

struct Size {
  std::size_t values = 0;
  std::size_t depth = 0;
};
Size size_of(const Json& value) {
  Size size{1, 0};
  const auto take = [&size](const Json& inner) {
    const Size one = size_of(inner);
    size.values += one.values;
    size.depth = std::max(size.depth, one.depth + 1);
  };
  for (const Json& item : value.items()) take(item);
  for (const Member& member : value.members()) take(member.value);
  return size;
}

// A copy for a place that lies so many levels down.
Result<Json> Patch::taken(const Json& value, std::size_t level) {
  const Size size = size_of(value);
  values_ += size.values;
  if (values_ > limits_.values) {
    return fail(Code::too_large, "The patch puts in more than " + std::to_string(limits_.values) + " values", here());
  }
  if (level + size.depth > std::min(limits_.depth, kDeepest)) {
    return fail(Code::too_deep, "The result would be nested deeper than " + std::to_string(limits_.depth) + " levels", here());
  }
  return *copy(value, arena_);
}

Result<void> Patch::add(const Pointer& at, const Json& value) {
  YL_TRY(const Json made, taken(value, at.parts.size()));
  if (at.parts.empty()) {
    root_ = made;
    return {};
  }
  const std::string& last = at.parts.back();
  Json* parent = find_pointer(root_, std::span(at.parts).first(at.parts.size() - 1));
  if (!parent) return no_place("path", at.text, "there is nothing that it could be added to");
  if (parent->is_object()) {
    if (Json* there = parent->find(last)) {
      *there = made;
    } else {
      parent->add(arena_, arena_.copy(last)) = made;
    }
    return {};
  }
  if (!parent->is_array()) return no_place("path", at.text, "only an object or an array can be added to");
  const auto index = last == "-" ? std::optional(parent->size()) : read_index(last);
  if (!index) return no_place("path", at.text, shown(last) + " is no index of an array");
  if (*index > parent->size()) return no_place("path", at.text, "the array has only " + std::to_string(parent->size()) + " items");
  parent->append(arena_) = made;
  const std::span<Json> items = parent->items();
  std::rotate(items.begin() + static_cast<std::ptrdiff_t>(*index), items.end() - 1, items.end());
  return {};
}

Result<void> Patch::remove(const Pointer& at, std::string_view member) {
  YL_CHECK(find(at, member));
  if (at.parts.empty()) return no_place(member, at.text, "the whole cannot be removed");
  Json* parent = find_pointer(root_, std::span(at.parts).first(at.parts.size() - 1));
  if (parent->is_object()) {
    parent->remove(at.parts.back());
  } else {
    parent->remove_item(*read_index(at.parts.back()));
  }
  return {};
}

Result<void> Patch::replace(const Pointer& at, const Json& value) {
  YL_TRY(Json * there, find(at, "path"));
  YL_TRY(*there, taken(value, at.parts.size()));
  return {};
}

Result<void> Patch::move(const Pointer& from, const Pointer& to) {
  const bool inside = to.parts.size() > from.parts.size() &&
                      std::equal(from.parts.begin(), from.parts.end(), to.parts.begin());
  if (inside) return no_place("path", to.text, "nothing can be moved into itself");
  YL_TRY(const Json* there, find(from, "from"));
  const Json kept = *there;  // a handle: what is below stays where it is
  if (from.parts == to.parts) return {};
  YL_CHECK(remove(from, "from"));
  return add(to, kept);
}

Result<void> Patch::apply(const Json& operation, std::size_t number) {
  number_ = number;
  if (!operation.is_object()) return fail(Code::bad_structure, "An operation has to be an object", here());
  const std::string_view name = operation.text_at("op");
  YL_TRY(const Pointer path, pointer(operation, "path"));
  if (name == "add") {
    YL_TRY(const Json* value, value_of(operation));
    return add(path, *value);
  }
  if (name == "remove") return remove(path, "path");
  if (name == "replace") {
    YL_TRY(const Json* value, value_of(operation));
    return replace(path, *value);
  }
  if (name == "test") {
    YL_TRY(const Json* value, value_of(operation));
    YL_TRY(const Json* there, find(path, "path"));
    if (!same_value(*there, *value)) return no_place("path", path.text, "the test does not hold");
    return {};
  }
  if (name != "move" && name != "copy") {
    return fail(Code::unsupported, shown(name) + " is no operation of JSON Patch", here("op"),
                "Use add, remove, replace, move, copy or test");
  }
  YL_TRY(const Pointer from, pointer(operation, "from"));
  if (name == "move") return move(from, path);
  YL_TRY(const Json* there, find(from, "from"));
  return add(path, *there);
}

}  // namespace

Result<Json*> patch_json(const Json& target, const Json& patch, Arena& arena, const PatchLimits& limits) {
  if (!patch.is_array()) {
    return fail(Code::bad_structure, "A JSON Patch is a list of operations", "patch", "Send an array (RFC 6902)");
  }
  if (patch.size() > limits.operations) {
    return fail(Code::too_large, "More than " + std::to_string(limits.operations) + " operations", "patch");
  }
  Json* root = copy(target, arena);
  Patch applied(*root, arena, limits);
  for (std::size_t i = 0; i < patch.size(); ++i) YL_CHECK(applied.apply(patch.items()[i], i));
  return root;
}

}  // namespace yilian::fhir
