#include "engine/fhir/member_table.h"

#include <bit>
#include <limits>
#include <memory>
#include <stdexcept>

namespace yilian::fhir {
namespace {

template <class T>
std::span<T> make_span(std::size_t count, std::pmr::memory_resource& memory) {
  if (count == 0) return {};
  T* first = static_cast<T*>(memory.allocate(count * sizeof(T), alignof(T)));
  std::uninitialized_value_construct_n(first, count);
  return {first, count};
}

}  // namespace

MemberTable::MemberTable(std::span<const Element> elements, std::pmr::memory_resource& memory) {
  if (elements.size() > ElementSet::kMost) throw std::logic_error("FHIR definitions: a type with too many elements");
  std::size_t count = 0;
  for (const Element& element : elements) {
    count += element.types.size();
    if (element.required) required_.set(element.order);
  }
  if (count >= std::numeric_limits<std::uint16_t>::max())
    throw std::logic_error("FHIR definitions: a type with too many members");
  names_ = make_span<MemberName>(count, memory);
  slots_ = make_span<std::uint16_t>(std::bit_ceil(count * 2 + 1), memory);
  std::size_t next = 0;
  for (const Element& element : elements) {
    for (std::size_t i = 0; i < element.types.size(); ++i) {
      const std::size_t mask = slots_.size() - 1;
      std::size_t slot = name_hash(element.json_names[i]) & mask;
      while (slots_[slot] != 0) slot = (slot + 1) & mask;
      names_[next] = MemberName{element.json_names[i], &element, element.types[i]};
      slots_[slot] = static_cast<std::uint16_t>(++next);
    }
  }
  if (next > 2 && names_[0].name == "id" && names_[1].name == "extension") first_ = 2;
}

}  // namespace yilian::fhir
