#include "engine/records/erasure.h"

#include <algorithm>

#include "engine/records/body.h"

namespace yilian::records {

void Erasure::give_up(std::int64_t rid, const BodyPlace& place) {
  if (place.number == 0) return;
  auto row = writer_.prepare("SELECT 1 FROM resource_history WHERE rid = ?1 AND body = ?2 AND start = ?3");
  row.bind(1, rid).bind(2, place.number).bind(3, place.start);
  if (!row.step()) given_up_[place.number].push_back(place);
}

Result<void> Erasure::run() {
  auto& packs = writer_.deferred<Packs>();
  packs.overwrites();
  for (const auto& [number, places] : given_up_) {
    std::string text;
    {
      auto row = writer_.prepare("SELECT dictionary, packed FROM body WHERE number = ?1");
      row.bind(1, number);
      if (!row.step()) continue;
      YL_TRY(text, decompress(row.blob(1), row.integer(0)));
    }
    for (const BodyPlace& place : places) {
      const auto start = std::min(text.size(), static_cast<std::size_t>(place.start));
      const std::size_t bytes = place.bytes < 0
                                    ? text.size() - start
                                    : std::min(text.size() - start, static_cast<std::size_t>(place.bytes));
      text.replace(start, bytes, bytes, ' ');
    }
    write_body(number, text);
  }
  given_up_.clear();
  // What was numbered in this transaction may be overwritten now: whoever says it again writes it again.
  packs.discard();
  return {};
}

// A number is never used again while something may remember it.
void Erasure::write_body(std::int64_t number, const std::string& text) {
  if (text.find_first_not_of(' ') == std::string::npos) {
    writer_.prepare("DELETE FROM body WHERE number = ?1 AND number < (SELECT max(number) FROM body)")
        .bind(1, number)
        .run();
    if (writer_.changes() > 0) return;
  }
  const std::string packed = compress(text);
  writer_.prepare("UPDATE body SET dictionary = ?2, packed = ?3 WHERE number = ?1")
      .bind(1, number)
      .bind(2, kDictionary)
      .bind_blob(3, packed)
      .run();
}

}  // namespace yilian::records
