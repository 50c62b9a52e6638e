#pragma once
// Many resources at once: what a server has to be asked for is asked for dozens in one go, and not one after the other.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "engine/records/stored.h"

namespace yilian::records {

// What a Bitmap (search/bitmap.h) names, in order.
template <class Set>
std::vector<std::int64_t> rids_of(const Set& set) {
  std::vector<std::int64_t> rids;
  rids.reserve(static_cast<std::size_t>(set.count()));
  set.for_each(0, [&](std::int64_t rid) {
    rids.push_back(rid);
    return true;
  });
  return rids;
}

// As stored_at and find give each of them, in their order.
std::vector<std::optional<Stored>> stored_at(database::Connection& connection, std::span<const std::int64_t> rids);
struct Name {
  const Plan* plan;
  std::string packed_id;
  std::int64_t key;
};
std::vector<std::optional<Stored>> find(database::Connection& connection, std::span<const Name> names);

// The bodies of these versions, in their order; nothing for those that are deleted. All are held in memory at once: so
// many at most are meant to be asked for together. Errors: as read_body.
inline constexpr std::size_t kBodiesTogether = 32;
Result<std::vector<BodyText>> read_bodies(database::Connection& connection, std::span<const Stored* const> stored);

// Calls visit(stored) for each that is there, in their order.
void visit_heads(database::Connection& connection, std::span<const std::int64_t> rids,
                 const std::function<void(const Stored& stored)>& visit);
// Calls visit(stored, body) for each, in their order: with nullptr and nothing for those that are not there, without a body
// for those that are deleted. Ends with the first error, its own or one of visit's.
using VisitBody = std::function<Result<void>(const Stored* stored, const BodyText& body)>;
Result<void> visit_bodies(database::Connection& connection, std::span<const std::int64_t> rids, const VisitBody& visit);

// Calls visit(content) for each, in their order; all must be there. Errors: storage.
Result<void> visit_contents(database::Connection& connection, std::span<const std::int64_t> rids,
                            const std::function<void(const fhir::Json& content)>& visit);

}  // namespace yilian::records
