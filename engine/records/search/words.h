#pragma once
// _text and _content: words in the narrative, or anywhere in the resource. They are looked for in the bodies.

#include "engine/records/search/bitmap.h"
#include "engine/records/search/query.h"

namespace yilian::records {

// Keeps those that have all words of one of the condition's texts; case, width and traditional forms aside. Errors:
// too_large, storage.
Result<void> keep_with_words(database::Connection& reader, const Condition& condition, Bitmap& candidates);

}  // namespace yilian::records
