#pragma once
// Feeds that somebody has stopped. It is stored, so that a restart does not open them again.

#include <map>
#include <string>

#include "engine/base/time.h"
#include "engine/database/database.h"

namespace yilian::routing {

const database::Schema& schema();

// "hospital/feed", and since when.
using Stops = std::map<std::string, Instant>;
Stops stops(database::Connection& reader);

// Inside a database task; throws StorageError. Of one that is stopped already the first time is kept.
void put_stop(database::Connection& writer, std::string_view hospital, std::string_view feed, Instant since);
void remove_stop(database::Connection& writer, std::string_view hospital, std::string_view feed);

}  // namespace yilian::routing
