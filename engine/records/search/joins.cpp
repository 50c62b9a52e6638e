#include "engine/records/search/joins.h"

#include <algorithm>

#include "engine/records/index/index.h"
#include "engine/records/index/index_cursor.h"
#include "engine/records/index/key.h"
#include "engine/records/many.h"
#include "engine/records/rows.h"
#include "engine/records/search/scan.h"
#include "engine/records/stored.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

// So many are looked up one by one; of more, both sides are read through once, in the order of the keys.
constexpr std::int64_t kFew = 1000;
constexpr std::int64_t kMostCanonical = 20'000;  // whose addresses stand in the bodies alone

using Keys = std::vector<std::int64_t>;

void sort_out(Keys& keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}

bool is_canonical(const Indexed& parameter) {
  return parameter.any_leaf([](const fhir::Type& leaf) { return leaf.kind == fhir::Type::Kind::primitive; });
}

// The keys by which such resources are referred to, sorted.
Keys keys_of(database::Connection& reader, std::string_view type, const Bitmap& targets) {
  Keys keys;
  if (targets.count() <= kFew) {
    for (const auto& stored : stored_at(reader, rids_of(targets))) {
      if (stored && !stored->deleted()) keys.push_back(resource_key(type, unpack_id(stored->packed_id)));
    }
  } else {
    const std::string all = parameter_key(kResources);
    for (IndexCursor at(reader, all, after_all(all)); at.there(); at.next()) {
      if (targets.bits_of(block_of(at.key())) & at.bits().set) keys.push_back(number_of(at.key()));
    }
  }
  sort_out(keys);
  return keys;
}

Result<Keys> canonical_keys(database::Connection& reader, const Bitmap& targets) {
  if (targets.count() > kMostCanonical)
    return fail(Code::too_large, "more than " + std::to_string(kMostCanonical) + " resources are gone through", {},
                "Narrow what is asked of them");
  Keys keys;
  YL_CHECK(visit_contents(reader, rids_of(targets), [&](const fhir::Json& content) {
    if (const std::string_view url = content.text_at("url"); !url.empty()) keys.push_back(hash(url));
  }));
  sort_out(keys);
  return keys;
}

}  // namespace

Bitmap with_keys(database::Connection& reader, std::uint32_t number, const Keys& keys) {
  Bitmap set;
  if (keys.empty()) return set;
  if (keys.size() <= static_cast<std::size_t>(kFew)) {
    for (const std::int64_t key : keys) {
      const Bitmap with = scan(reader, all_of(number_key(number, key)));
      for (const Bitmap::Block& block : with.blocks()) set.add(block.block, block.bits);
    }
    set.finish();
    return set;
  }
  auto wanted = keys.begin();
  for (IndexCursor at(reader, number_key(number, keys.front()), after_all(number_key(number, keys.back())));
       at.there(); at.next()) {
    const std::int64_t key = number_of(at.key());
    while (wanted != keys.end() && *wanted < key) ++wanted;
    if (wanted == keys.end()) break;
    if (*wanted == key) set.add(block_of(at.key()), at.bits().set);
  }
  set.finish();
  return set;
}

namespace {

// What the references of a few resources say.
Result<Keys> keys_in_bodies(database::Connection& reader, const Indexed& parameter, const Bitmap& sources) {
  Keys keys;
  YL_CHECK(visit_contents(reader, rids_of(sources), [&](const fhir::Json& content) {
    for (const std::string& reference : references_of(parameter, content)) keys.push_back(hash(reference));
  }));
  sort_out(keys);
  return keys;
}

Keys keys_in_rows(database::Connection& reader, const Indexed& parameter, const Bitmap& sources) {
  Keys keys;
  for (const std::uint32_t number : parameter.numbers) {
    const std::string all = parameter_key(number);
    for (IndexCursor at(reader, all, after_all(all)); at.there(); at.next()) {
      if ((sources.bits_of(block_of(at.key())) & at.bits().set) == 0) continue;
      if (const std::int64_t key = number_of(at.key()); keys.empty() || keys.back() != key) keys.push_back(key);
    }
  }
  sort_out(keys);
  return keys;
}

}  // namespace

// The resources with such keys. Another key with the same hash is no resource that anyone has met in practice; type
// tells most of those apart as well.
Bitmap resources_with(database::Connection& reader, const std::vector<std::int64_t>& keys) {
  Bitmap set;
  if (keys.empty()) return set;
  if (keys.size() <= static_cast<std::size_t>(kFew)) {
    Index& index = reader.deferred<Index>();
    std::vector<std::int64_t> rids, of_key;
    for (const std::int64_t key : keys) {
      for (const std::int64_t rid : index.resources_of(reader, key)) {
        rids.push_back(rid);
        of_key.push_back(key);
      }
    }
    const auto found = stored_at(reader, rids);
    for (std::size_t i = 0; i < rids.size(); ++i) {
      const auto& stored = found[i];
      if (stored && !stored->deleted() && resource_key(type_name(stored->type), unpack_id(stored->packed_id)) == of_key[i])
        set.add(rids[i]);
    }
    set.finish();
    return set;
  }
  return with_keys(reader, kResources, keys);
}

Result<Bitmap> referring(database::Connection& reader, const Indexed& parameter, const Plan& type,
                         const Bitmap& targets) {
  if (targets.empty()) return Bitmap();
  Keys keys = keys_of(reader, type.name, targets);
  if (is_canonical(parameter)) {
    YL_TRY(const Keys more, canonical_keys(reader, targets));
    keys.insert(keys.end(), more.begin(), more.end());
    sort_out(keys);
  }
  Bitmap set;
  for (const std::uint32_t number : parameter.numbers) set.unite(with_keys(reader, number, keys));
  return set;
}

Result<Bitmap> referred(database::Connection& reader, const Indexed& parameter, const Bitmap& sources) {
  if (sources.empty()) return Bitmap();
  if (sources.count() > kFew) return resources_with(reader, keys_in_rows(reader, parameter, sources));
  YL_TRY(const Keys keys, keys_in_bodies(reader, parameter, sources));
  return resources_with(reader, keys);
}

Result<Bitmap> referred(database::Connection& reader, const Indexed& parameter, const Bitmap& sources,
                        const Plan& type) {
  YL_TRY(Bitmap set, referred(reader, parameter, sources));
  set.intersect(scan_type(reader, type.type));
  return set;
}

}  // namespace yilian::records
