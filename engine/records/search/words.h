#pragma once
// _text and _content: words in the narrative, or anywhere in the resource. They are looked for in the bodies.

#include "engine/records/search/bitmap.h"
#include "engine/records/search/query.h"

namespace yilian::records {

// What is asked: words that all have to be there, `OR` between them, brackets, "several words in a row". Errors:
// bad_value.
Result<void> check_words(std::string_view text, const std::string& name);

// Keeps those that have what one of the condition's texts asks; case, width and traditional forms aside. Errors:
// too_large, storage.
Result<void> keep_with_words(database::Connection& reader, const Condition& condition, Bitmap& candidates);

}  // namespace yilian::records
