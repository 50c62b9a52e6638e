// The words for states and fates, as people and programs read and write them.

#include <array>

#include "engine/journal/delivery.h"
#include "engine/journal/journal.h"

namespace yilian::journal {
namespace {

constexpr std::array<std::string_view, 6> kStates{"", "stored", "parked", "refused", "noise", "replaced"};
constexpr std::array<std::string_view, 5> kFates{"queued", "delivered", "retrying", "dead", "dropped"};

template <class T, std::size_t Size>
std::optional<T> named(const std::array<std::string_view, Size>& words, std::string_view text) {
  for (std::size_t i = 0; i < Size; ++i) {
    if (!text.empty() && words[i] == text) return static_cast<T>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view name(State state) { return kStates.at(static_cast<std::size_t>(state)); }
std::optional<State> state_named(std::string_view text) { return named<State>(kStates, text); }
std::string_view name(Fate fate) { return kFates.at(static_cast<std::size_t>(fate)); }
std::optional<Fate> fate_named(std::string_view text) { return named<Fate>(kFates, text); }

}  // namespace yilian::journal
