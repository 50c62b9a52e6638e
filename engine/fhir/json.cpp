#include "engine/fhir/json.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace yilian::fhir {

static_assert(std::is_trivially_copyable_v<Json> && std::is_trivially_copyable_v<Member>);

namespace {

constexpr std::uint32_t kFirstCapacity = 4;

// Room for one more: the array moves to twice its size; the old one stays behind in the arena.
template <class T>
void grow(Arena& arena, T*& array, std::uint32_t size, std::uint32_t& capacity) {
  if (capacity > std::numeric_limits<std::uint32_t>::max() / 2) throw std::length_error("JSON array beyond 2^32 items");
  const std::uint32_t wanted = capacity == 0 ? kFirstCapacity : capacity * 2;
  T* bigger = static_cast<T*>(arena.allocate(wanted * sizeof(T), alignof(T)));
  if (size > 0) std::memcpy(static_cast<void*>(bigger), array, size * sizeof(T));
  array = bigger;
  capacity = wanted;
}

template <class T>
void close_gap(T* array, std::size_t index, std::size_t size) {
  std::memmove(static_cast<void*>(array + index), array + index + 1, (size - index - 1) * sizeof(T));
}

}  // namespace

// Each block is half as large again as the one before: few of them, and little left over. What is larger still gets one
// of its own size.
void* Arena::allocate_block(std::size_t bytes, std::size_t align) {
  const std::size_t head = sizeof(Block) + align;
  if (bytes > std::numeric_limits<std::size_t>::max() - head) throw std::bad_alloc();
  const std::size_t size = std::max(next_size_, bytes + head);
  char* const memory = static_cast<char*>(::operator new(size));
  last_ = new (memory) Block{last_};
  at_ = memory + sizeof(Block);
  left_ = size - sizeof(Block);
  next_size_ += next_size_ / 2;
  return allocate(bytes, align);
}

Arena::~Arena() {
  while (last_ != nullptr) {
    Block* const before = last_->before;
    ::operator delete(last_);
    last_ = before;
  }
}

const Json* Json::find(std::string_view name) const {
  for (const Member& member : members()) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}
Json* Json::find(std::string_view name) { return const_cast<Json*>(std::as_const(*this).find(name)); }

std::string_view Json::text_at(std::string_view name) const {
  const Json* found = find(name);
  return found ? found->text() : std::string_view();
}

void Json::set_boolean(bool value) {
  *this = Json();
  kind_ = Kind::boolean;
  flag_ = value;
}

void Json::set_text(Kind kind, std::string_view text) {
  if (text.size() > std::numeric_limits<std::uint32_t>::max()) throw std::length_error("JSON text beyond 4 GB");
  *this = Json();
  kind_ = kind;
  size_ = static_cast<std::uint32_t>(text.size());
  chars_ = text.data();
}
void Json::set_number(std::string_view text) { set_text(Kind::number, text); }
void Json::set_string(std::string_view text) { set_text(Kind::string, text); }

void Json::reserve(Arena& arena, std::size_t size) {
  if (size == 0 || capacity_ != 0) return;
  if (size > std::numeric_limits<std::uint32_t>::max()) throw std::length_error("JSON array beyond 2^32 items");
  if (is_object()) {
    members_ = static_cast<Member*>(arena.allocate(size * sizeof(Member), alignof(Member)));
  } else if (is_array()) {
    items_ = static_cast<Json*>(arena.allocate(size * sizeof(Json), alignof(Json)));
  } else {
    return;
  }
  capacity_ = static_cast<std::uint32_t>(size);
}

void Json::make_room(Arena& arena, Kind wanted) {
  if (kind_ != wanted) throw std::logic_error("an item or a member for what is no array or no object");
  if (flag_) {
    flag_ = false;
    capacity_ = size_;  // what is sealed stays as it is: growing moves
  }
  kind_ == Kind::array ? grow(arena, items_, size_, capacity_) : grow(arena, members_, size_, capacity_);
}

Json& Json::member(Arena& arena, std::string_view name) {
  if (Json* found = find(name)) return *found;
  return add(arena, name);
}

bool Json::remove(std::string_view name) {
  const Json* found = find(name);
  if (!found) return false;
  if (flag_) throw std::logic_error("something is to be removed from sealed JSON");
  std::size_t index = 0;
  while (&members_[index].value != found) ++index;
  close_gap(members_, index, size_);
  --size_;
  return true;
}

void Json::remove_item(std::size_t index) {
  if (!is_array() || index >= size_) return;
  if (flag_) throw std::logic_error("something is to be removed from sealed JSON");
  close_gap(items_, index, size_);
  --size_;
}

namespace {

void copy_into(const Json& from, Json& to, Arena& arena) {
  switch (from.kind()) {
    case Json::Kind::null:
      to = Json();
      break;
    case Json::Kind::boolean:
      to.set_boolean(from.boolean());
      break;
    case Json::Kind::number:
      to.set_number(arena.copy(from.text()));
      break;
    case Json::Kind::string:
      to.set_string(arena.copy(from.text()));
      break;
    case Json::Kind::array:
      to.set_array();
      to.reserve(arena, from.size());
      for (const Json& item : from.items()) copy_into(item, to.append(arena), arena);
      break;
    case Json::Kind::object:
      to.set_object();
      to.reserve(arena, from.size());
      for (const Member& member : from.members())
        copy_into(member.value, to.add(arena, arena.copy(member.name)), arena);
      break;
  }
}

}  // namespace

Json* copy(const Json& value, Arena& arena) {
  Json* made = new (arena.allocate(sizeof(Json), alignof(Json))) Json();
  copy_into(value, *made, arena);
  return made;
}

Json Json::sealed(Arena& arena) const {
  Json made;
  const std::size_t bytes = size_ * (is_array() ? sizeof(Json) : sizeof(Member));
  if (bytes == 0 || (!is_array() && !is_object())) {
    copy_into(*this, made, arena);
    return made;
  }
  const std::string_view text = arena.copy(write_json(*this));
  if (text.size() > std::numeric_limits<std::uint32_t>::max()) throw std::length_error("JSON text beyond 4 GB");
  const char* const address = text.data();
  char* const memory = static_cast<char*>(arena.allocate(sizeof address + bytes, alignof(Member)));
  std::memcpy(memory, &address, sizeof address);
  made.kind_ = kind_;
  made.size_ = size_;
  made.chars_ = memory + sizeof address;
  made.flag_ = true;
  made.capacity_ = static_cast<std::uint32_t>(text.size());
  if (is_array()) {
    for (std::size_t i = 0; i < size_; ++i) copy_into(items()[i], *new (&made.items_[i]) Json(), arena);
  } else {
    for (std::size_t i = 0; i < size_; ++i) {
      const Member& member = members()[i];
      copy_into(member.value, (new (&made.members_[i]) Member{arena.copy(member.name), Json()})->value, arena);
    }
  }
  return made;
}

bool equal(const Json& a, const Json& b) {
  if (a.kind() != b.kind() || a.size() != b.size()) return false;
  if (a.is_array()) return std::ranges::equal(a.items(), b.items(), equal);
  if (a.is_object()) {
    return std::ranges::equal(a.members(), b.members(), [](const Member& x, const Member& y) {
      return x.name == y.name && equal(x.value, y.value);
    });
  }
  return a.text() == b.text();
}

}  // namespace yilian::fhir
