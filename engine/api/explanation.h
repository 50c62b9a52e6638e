#pragma once
// The answer of GET /admin/v1/messages/<number>/explain.

#include <string>

#include "engine/routing/trace.h"

namespace yilian::api {

// `unused`, `fallbacks`, `notices`: at most 2,000 of each, and how many there are in all. `begin` and `end` are bytes of the message in UTF-8,
// as `yilian convert --explain --json` tells them. `error`: why the message cannot be mapped today; the lists are empty then.
std::string explanation_json(std::int64_t number, const routing::Explained& explained);

}  // namespace yilian::api
