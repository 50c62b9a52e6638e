#pragma once
// Bundles of stored resources. Bodies are spliced in as they are stored; nothing is parsed.

#include <string>

#include "engine/records/store.h"

namespace yilian::api {

// `base` is "http://host/fhir". `path` is what follows it in the self link ("Patient"), `asked` the query of a history.
std::string searchset(const records::Page& page, const std::string& base, const std::string& path);
std::string history_bundle(const records::HistoryPage& page, const std::string& base, const std::string& path,
                           const records::Parameters& asked = {});

// A Bundle.entry for a response of a transaction or batch.
std::string response_entry(int status, const std::string& location, const std::string& etag, const std::string& last_modified,
                           const std::string& resource, const std::string& outcome);

// RFC 7231 date: "Tue, 24 Nov 2026 08:30:00 GMT".
std::string http_date(Instant at);

}  // namespace yilian::api
