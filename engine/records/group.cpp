#include "engine/records/group.h"

#include <algorithm>

#include "engine/records/packing.h"

namespace yilian::records {
namespace {

// A row fills at most one page of 4 KiB, so that one resource is found without reading on; only a head that is larger
// than that by itself does not.
constexpr std::size_t kMostBytes = 4000;
constexpr const char* kWhat = "a group of resources";
constexpr std::uint8_t kHappened = 1;  // flag: it has a date of its own

// size of what follows · type · method · flags · id · updated · message · [happened] · content · clock · place of the
// body
void append_head(std::string& out, const NewVersion& fresh, std::int64_t body) {
  const Prepared& resource = *fresh.resource;
  thread_local std::string head;  // its size goes before it
  head.clear();
  append_fixed(head, resource.plan->type);
  append_fixed(head, fresh.method);
  append_fixed(head, resource.happened ? kHappened : std::uint8_t{0});
  append_varint(head, resource.packed_id.size());
  head += resource.packed_id;
  append_fixed(head, fresh.updated);
  append_varint(head, static_cast<std::uint64_t>(fresh.message));
  if (resource.happened) append_fixed(head, *resource.happened);
  append_fixed(head, resource.content);
  append_varint(head, fresh.clock.size());
  head += fresh.clock;
  append_varint(head, static_cast<std::uint64_t>(body));
  append_varint(head, static_cast<std::uint64_t>(resource.start));
  append_varint(head, resource.body.size());
  append_varint(out, head.size());
  out += head;
}

Stored read_head(std::int64_t rid, std::string_view bytes) {
  Unpacker head(bytes, kWhat);
  Stored out{};
  out.rid = rid;
  out.version = 1;
  out.type = head.byte();
  out.method = static_cast<Method>(head.byte());
  const std::uint8_t flags = head.byte();
  out.packed_id = head.take(head.varint());
  out.updated = head.fixed<Instant>();
  out.message = static_cast<std::int64_t>(head.varint());
  if ((flags & kHappened) != 0) out.happened = head.fixed<std::int64_t>();
  out.content = head.fixed<std::int64_t>();
  out.clock = head.take(head.varint());
  out.body.number = static_cast<std::int64_t>(head.varint());
  out.body.start = static_cast<std::int64_t>(head.varint());
  out.body.bytes = static_cast<std::int64_t>(head.varint());
  return out;
}

// The head that stands so many after the first one.
std::optional<std::string_view> head_at(std::string_view heads, std::int64_t place) {
  for (Unpacker at(heads, kWhat); !at.done(); --place) {
    const std::string_view head = at.take(at.varint());
    if (place == 0) return head;
  }
  return std::nullopt;
}

std::int64_t count(std::string_view heads) {
  std::int64_t number = 0;
  for (Unpacker at(heads, kWhat); !at.done(); ++number) at.take(at.varint());
  return number;
}

}  // namespace

std::int64_t Groups::add(database::Connection& writer, const NewVersion& fresh, std::int64_t body) {
  if (next_ == 0) next_ = last_rid(writer) + 1;
  if (ends_.empty()) first_ = next_;
  append_head(heads_, fresh, body);
  ends_.push_back(static_cast<std::uint32_t>(heads_.size()));
  return next_++;
}

std::optional<Stored> Groups::find(database::Connection& connection, std::int64_t rid) const {
  if (waits(rid)) return waiting(rid);
  auto row = row_of(connection, rid);
  return find(row, rid);
}

std::optional<Stored> Groups::find(database::Statement& row, std::int64_t rid) const {
  if (waits(rid)) return waiting(rid);
  return row.step() ? head_in(row.blob(1), row.integer(0), rid) : std::nullopt;
}

database::Statement Groups::row_of(database::Connection& connection, std::int64_t rid) {
  auto row =
      connection.prepare("SELECT first, heads FROM resource_group WHERE first <= ?1 ORDER BY first DESC LIMIT 1");
  row.bind(1, rid);
  return row;
}

std::optional<Stored> Groups::waiting(std::int64_t rid) const {
  const auto place = static_cast<std::size_t>(rid - first_);
  if (place >= ends_.size()) return std::nullopt;
  const std::size_t begin = place == 0 ? 0 : ends_[place - 1];
  Unpacker head(std::string_view(heads_).substr(begin, ends_[place] - begin), kWhat);
  return read_head(rid, head.take(head.varint()));
}

std::optional<Stored> Groups::head_in(std::string_view heads, std::int64_t first, std::int64_t rid) {
  const auto head = head_at(heads, rid - first);
  return head && !head->empty() ? std::optional(read_head(rid, *head)) : std::nullopt;
}

std::int64_t Groups::take_from(std::string_view heads, std::int64_t first, std::span<const std::int64_t> rids,
                               const Take& take) {
  auto wanted = std::ranges::lower_bound(rids, first);
  std::int64_t rid = first;
  for (Unpacker at(heads, kWhat); !at.done(); ++rid) {
    const std::string_view head = at.take(at.varint());
    if (wanted == rids.end() || *wanted != rid) continue;
    take(static_cast<std::size_t>(wanted - rids.begin()), head.empty() ? std::nullopt : std::optional(read_head(rid, head)));
    ++wanted;
  }
  return rid;
}

std::vector<std::int64_t> Groups::thinned(std::span<const std::int64_t> rids) const {
  const auto step = static_cast<std::int64_t>(usual_ / 2);
  std::vector<std::int64_t> out;
  for (const std::int64_t rid : rids) {
    if (out.empty() || rid - out.back() >= step) out.push_back(rid);
  }
  return out;
}

std::int64_t Groups::last(database::Connection& connection) {
  auto row = connection.prepare("SELECT first, heads FROM resource_group ORDER BY first DESC LIMIT 1");
  return row.step() ? row.integer(0) + count(row.blob(1)) - 1 : 0;
}

void Groups::forget(database::Connection& writer, std::int64_t rid) {
  std::int64_t first = 0;
  std::string heads;
  {
    auto row = writer.prepare("SELECT first, heads FROM resource_group WHERE first <= ?1 ORDER BY first DESC LIMIT 1");
    row.bind(1, rid);
    if (!row.step()) return;
    first = row.integer(0);
    std::int64_t at = first;
    for (Unpacker each(row.blob(1), kWhat); !each.done(); ++at) {
      const std::string_view head = each.take(each.varint());
      append_varint(heads, at == rid ? 0 : head.size());
      if (at != rid) heads += head;
    }
    if (at <= rid) return;  // it came before there were groups
  }
  writer.prepare("UPDATE resource_group SET heads = ?2 WHERE first = ?1").bind(1, first).bind_blob(2, heads).run();
}

void Groups::flush(database::Connection& writer) {
  for (std::size_t from = 0; from < ends_.size();) {
    const std::size_t begin = from == 0 ? 0 : ends_[from - 1];
    std::size_t to = from + 1;
    while (to < ends_.size() && ends_[to] - begin <= kMostBytes) ++to;
    writer.prepare("INSERT INTO resource_group VALUES(?1, ?2)")
        .bind(1, first_ + static_cast<std::int64_t>(from))
        .bind_blob(2, std::string_view(heads_).substr(begin, ends_[to - 1] - begin))
        .run();
    from = to;
  }
  heads_.clear();
  ends_.clear();
}

void Groups::discard() {
  heads_.clear();
  ends_.clear();
  next_ = 0;  // what was written before in this transaction may be gone as well
}

}  // namespace yilian::records
