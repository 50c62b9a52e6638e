#pragma once
// FHIR resources as a light JSON tree in an arena: member order and number text are kept, nothing is freed one by one.
// A Json is a handle: copying one copies the handle, not what is below it (copy() does). A tree belongs to one thread
// at a time.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace yilian::fhir {

// Memory of one message or request; everything in it goes at once.
class Arena {
 public:
  explicit Arena(std::size_t first = 16 * 1024) : next_size_(first) {}
  Arena(const Arena&) = delete;
  ~Arena();
  void* allocate(std::size_t bytes, std::size_t align = alignof(void*)) {
    const std::size_t gap = -reinterpret_cast<std::uintptr_t>(at_) & (align - 1);
    if (left_ < bytes || left_ - bytes < gap) return allocate_block(bytes, align);
    char* const made = at_ + gap;
    at_ = made + bytes;
    left_ -= gap + bytes;
    return made;
  }
  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* const bytes = static_cast<char*>(allocate(text.size(), 1));
    std::memcpy(bytes, text.data(), text.size());
    return {bytes, text.size()};
  }

 private:
  struct Block {
    Block* before;
  };
  void* allocate_block(std::size_t bytes, std::size_t align);

  char* at_ = nullptr;
  std::size_t left_ = 0;
  std::size_t next_size_;
  Block* last_ = nullptr;
};

struct Member;

class Json {
 public:
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::null; }
  bool is_object() const { return kind_ == Kind::object; }
  bool is_array() const { return kind_ == Kind::array; }
  bool is_string() const { return kind_ == Kind::string; }

  // string and number: the text (a number as it was written: "1.50"). boolean: "true" / "false". Else empty.
  std::string_view text() const;
  bool boolean() const { return kind_ == Kind::boolean && flag_; }

  std::span<Json> items();  // of an array
  std::span<const Json> items() const;
  std::span<Member> members();  // of an object, in order
  std::span<const Member> members() const;
  std::size_t size() const { return size_; }  // items or members; of a string or number its bytes

  const Json* find(std::string_view name) const;  // member, or nullptr (also when this is no object)
  Json* find(std::string_view name);
  std::string_view text_at(std::string_view name) const;  // text of a member, or empty

  // Building. Views are not copied: they live in the arena, in a literal, or in whatever outlives the tree.
  // A reference to an item or member holds until the next one is added to, or removed from, the same array or object.
  void set_null() { *this = Json(); }
  void set_boolean(bool value);
  void set_number(std::string_view text);
  void set_string(std::string_view text);
  void set_array();
  void set_object();
  void reserve(Arena& arena, std::size_t size);       // of an array or object without any yet: room for that many
  Json& append(Arena& arena);                         // a new null item at the end of an array
  Json& add(Arena& arena, std::string_view name);     // a new null member, without looking for an old one
  Json& member(Arena& arena, std::string_view name);  // the member, made when it is not there
  bool remove(std::string_view name);
  void remove_item(std::size_t index);  // nothing happens when there is no such item

  // A copy of an array or object to be shared by many trees, also of several threads: it knows how it is written
  // (write_json). Nothing in it may be changed. Adding to it adds to a copy that is the handle's own; removing from it
  // throws std::logic_error.
  Json sealed(Arena& arena) const;
  std::string_view sealed_text() const;  // empty: this is not sealed

 private:
  friend class JsonReader;
  void set_text(Kind kind, std::string_view text);
  void make_room(Arena& arena, Kind wanted);  // for one more
  bool is_full() const { return size_ == capacity_ || flag_; }

  Kind kind_ = Kind::null;
  bool flag_ = false;  // of a boolean its value; of an array or object: sealed, and capacity_ is the size of the text,
                       // whose address stands before the items or members
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
  union {
    const char* chars_ = nullptr;
    Json* items_;
    Member* members_;
  };
};

struct Member {
  std::string_view name;
  Json value;
};

inline void Json::set_array() {
  *this = Json();
  kind_ = Kind::array;
  items_ = nullptr;
}
inline void Json::set_object() {
  *this = Json();
  kind_ = Kind::object;
  members_ = nullptr;
}
inline Json& Json::append(Arena& arena) {
  if (!is_array() || is_full()) make_room(arena, Kind::array);
  return items_[size_++] = Json();
}
inline Json& Json::add(Arena& arena, std::string_view name) {
  if (!is_object() || is_full()) make_room(arena, Kind::object);
  return (members_[size_++] = Member{name, Json()}).value;
}

inline std::string_view Json::text() const {
  if (kind_ == Kind::string || kind_ == Kind::number) return {chars_, size_};
  if (kind_ == Kind::boolean) return flag_ ? "true" : "false";
  return {};
}
inline std::string_view Json::sealed_text() const {
  if (!flag_ || kind_ == Kind::boolean) return {};
  const char* text = nullptr;
  std::memcpy(&text, chars_ - sizeof text, sizeof text);
  return {text, capacity_};
}
inline std::span<Json> Json::items() { return is_array() ? std::span(items_, size_) : std::span<Json>(); }
inline std::span<const Json> Json::items() const {
  return is_array() ? std::span<const Json>(items_, size_) : std::span<const Json>();
}
inline std::span<Member> Json::members() { return is_object() ? std::span(members_, size_) : std::span<Member>(); }
inline std::span<const Member> Json::members() const {
  return is_object() ? std::span<const Member>(members_, size_) : std::span<const Member>();
}

// What reads, writes or walks a tree goes down level by level: no limit may be higher than this.
inline constexpr std::size_t kDeepest = 1000;

struct ReadLimits {
  std::size_t depth = 100;  // FHIR resources nest far less; at most kDeepest
  std::size_t bytes = 64u << 20;
  std::size_t values =
      8u
      << 20;  // of all kinds together: bounds the tree's memory (at most 40 bytes each), whatever the text looks like
};
// Strict JSON (RFC 8259), UTF-8 checked; a byte order mark before it is passed over. The tree keeps its own copy of the
// text in the arena. Errors: bad_syntax, bad_encoding (both with `where` "byte N"), too_deep, too_large; members given
// twice and lone surrogates are bad_syntax.
Result<Json*> read_json(std::string_view text, Arena& arena, const ReadLimits& limits = {});
// Minified; member order and number text as they are.
void write_json(const Json& value, std::string& out);
std::string write_json(const Json& value);
std::string pretty_json(const Json& value);
void write_json_string(std::string_view text, std::string& out);  // with the quotes
Json* copy(const Json& value, Arena& arena);                      // deep
bool equal(const Json& a, const Json& b);                         // same kinds, texts, and order of members

}  // namespace yilian::fhir
