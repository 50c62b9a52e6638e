#include "engine/routing/keep.h"

namespace yilian::routing {

Result<std::int64_t> keep(database::Connection& writer, const Inlet& inlet, const Processed& processed, const Dispatcher::Ways& ways, Instant received,
                          std::int64_t copy_of) {
  const std::int64_t number = journal::next_number(writer);
  const Feed* feed = inlet.feed;
  const bool screened = feed != nullptr && feed->validation.mode != validation::Mode::off;
  const validation::Screening* screening = screened ? &feed->validation : nullptr;
  for (const Piece& piece : processed.pieces) {
    YL_CHECK(records::contribute(writer, {piece.resource, piece.cleared, processed.event_time, piece.rank, number, piece.assumed, screening}, received));
  }
  journal::append(writer, processed.entry);
  journal::enqueue(writer, number, ways);
  if (copy_of > 0) journal::note_copy(writer, number, copy_of);
  return number;
}

}  // namespace yilian::routing
