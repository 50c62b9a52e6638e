#pragma once
// A resource as prepare() leaves it.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/records/index_plan.h"
#include "engine/records/pack.h"
#include "engine/records/rows.h"
#include "engine/records/store.h"

namespace yilian::records {

struct Prepared {
  const Plan* plan;
  std::string id;
  std::string packed_id;
  std::int64_t key;      // resource_key
  std::string body;      // as stored (body.h)
  std::int64_t content;  // hash of body
  std::shared_ptr<const Pack> pack;  // that the body is in
  std::int64_t start = 0;            // and where
  Rows rows;
  std::optional<std::int64_t> happened;
};

// The body of a resource that is in the canonical order: without what the row's columns hold.
std::string body_of(const fhir::Json& resource);
// Of a content that was merged inside the writer: `content` as merge() gives it, nothing is checked.
PreparedPtr prepare_merged(const Plan& plan, std::string_view id, const fhir::Json& content);

}  // namespace yilian::records
