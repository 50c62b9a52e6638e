#include "engine/database/postgres/gathered.h"

#include <endian.h>

#include <algorithm>

#include "engine/database/postgres/arrays.h"

namespace yilian::database {
namespace {

constexpr std::size_t kMostBytes = 16u << 20;  // so much is sent before the transaction's end; a message holds 1 GB

std::string insert_of(const Shape& shape, const std::vector<std::string>& names, const std::vector<bool>& numbers) {
  std::string columns, arrays;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) {
      columns += ", ";
      arrays += ", ";
    }
    columns += names[i];
    arrays += "$" + std::to_string(i + 1) + (numbers[i] ? "::bigint[]" : "::bytea[]");
  }
  return "INSERT INTO " + shape.tables[0] + "(" + columns + ") SELECT * FROM unnest(" + arrays + ") " + shape.conflict;
}

}  // namespace

const std::vector<Columns::Column>& Columns::of(Link& link, const std::string& table) {
  const auto known = known_.find(table);
  if (known != known_.end()) return known->second;
  Values name;
  name.set(1, std::string_view(table));
  link.queue(
      "SELECT convert_to(attname, 'UTF8'), (atttypid = 'bigint'::regtype)::int FROM pg_attribute "
      "WHERE attrelid = to_regclass(convert_from($1, 'UTF8')) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
      name);
  const ResultPtr rows = link.run();
  std::vector<Column> columns;
  for (int i = 0; i < PQntuples(rows.get()); ++i)
    columns.push_back({std::string(bytes_at(rows.get(), i, 0)), integer_at(rows.get(), i, 1) != 0});
  return known_.emplace(table, std::move(columns)).first->second;
}

GatheredRows::GatheredRows(const Shape& shape, const std::vector<Columns::Column>& of_table)
    : table_(shape.tables[0]), statement_([&] {
        std::vector<std::string> names = shape.columns;
        if (names.empty()) {
          for (const Columns::Column& column : of_table) names.push_back(column.name);
        }
        if (names.size() != shape.parameters.size())
          throw StorageError(Trouble::other, "the table " + table_ + " has other columns than are written to it");
        std::vector<bool> numbers;
        for (std::size_t i = 0; i < names.size(); ++i) {
          const auto found = std::find_if(of_table.begin(), of_table.end(),
                                          [&](const Columns::Column& column) { return column.name == names[i]; });
          if (found == of_table.end()) throw StorageError(Trouble::other, "no column " + table_ + "." + names[i]);
          numbers.push_back(found->number);
          columns_.push_back({names[i], shape.parameters[i], found->number, {}, false, false, {}});
        }
        return insert_of(shape, names, numbers);
      }()) {
  for (const std::string& name : shape.key) {
    const auto found =
        std::find_if(columns_.begin(), columns_.end(), [&](const Column& column) { return column.name == name; });
    key_.push_back(static_cast<std::size_t>(found - columns_.begin()));
  }
}

std::string GatheredRows::item_of(const Column& column, const Values& values, int parameter) {
  std::string out;
  if (values.null(parameter)) {
    append_u32(out, 0xFFFFFFFF);
  } else if (column.number) {
    append_u32(out, 8);
    const std::uint64_t network = htobe64(static_cast<std::uint64_t>(values.integer(parameter)));
    out.append(reinterpret_cast<const char*>(&network), 8);
  } else {
    const std::string_view bytes = values.bytes(parameter);
    append_u32(out, static_cast<std::uint32_t>(bytes.size()));
    out += bytes;
  }
  return out;
}

bool GatheredRows::add(const Values& values) {
  if (!key_.empty()) {
    std::string key;
    for (const std::size_t place : key_) key += item_of(columns_[place], values, columns_[place].parameter);
    if (!keys_.insert(std::move(key)).second) return false;
  }
  for (Column& column : columns_) {
    const std::string item = item_of(column, values, column.parameter);
    if (values.null(column.parameter)) column.nulls = true;
    column.items += item;
    bytes_ += item.size();
    if (column.asked) column.seen.insert(item);
  }
  ++rows_;
  return true;
}

void GatheredRows::note_all(Column& column) {
  column.asked = true;
  for (std::size_t at = 0; at < column.items.size();) {
    std::uint32_t network;
    column.items.copy(reinterpret_cast<char*>(&network), 4, at);
    const std::uint32_t size = be32toh(network);
    const std::size_t bytes = 4 + (size == 0xFFFFFFFF ? 0 : size);
    column.seen.insert(column.items.substr(at, bytes));
    at += bytes;
  }
}

bool GatheredRows::may_hold(const Shape::Equal& equal, const Values& asked) {
  if (empty()) return false;
  const auto found = std::find_if(columns_.begin(), columns_.end(),
                                  [&](const Column& column) { return column.name == equal.column; });
  if (found == columns_.end()) return true;  // the table's default, or what it counts
  if (!found->asked) note_all(*found);
  return found->seen.contains(item_of(*found, asked, equal.parameter));
}

void GatheredRows::queue(Link& link) {
  std::vector<std::string> arrays;
  for (const Column& column : columns_)
    arrays.push_back(array_of(column.number ? kInt8 : kBytea, column.nulls, rows_, column.items));
  Values values;
  for (std::size_t i = 0; i < arrays.size(); ++i) values.set(static_cast<int>(i) + 1, std::string_view(arrays[i]));
  link.queue(statement_, values);
  clear();
}

void GatheredRows::clear() {
  for (Column& column : columns_) {
    // The space of a large row is given back.
    if (column.items.capacity() > kMostBytes / 16) column.items = {};
    column.items.clear();
    column.nulls = column.asked = false;
    column.seen.clear();
  }
  keys_.clear();
  rows_ = bytes_ = 0;
}

void Gathered::add(Link& link, const Shape& shape, const Values& values) {
  auto& rows = by_insert_[shape.sql];
  if (rows == nullptr) rows = std::make_unique<GatheredRows>(shape, columns_.of(link, shape.tables[0]));
  if (rows->empty()) order_.push_back(rows.get());
  if (!rows->add(values)) {
    queue_all(link);
    order_.push_back(rows.get());
    rows->add(values);
  }
  if (rows->bytes() > kMostBytes) {
    queue_all(link);
    link.run();
  }
}

void Gathered::queue_for(Link& link, const Shape& shape, const Values& values) {
  if (shape.kind == Shape::Kind::other) return queue_all(link);
  const bool wanted = std::any_of(order_.begin(), order_.end(), [&](GatheredRows* rows) {
    if (std::find(shape.tables.begin(), shape.tables.end(), rows->table()) == shape.tables.end()) return false;
    return std::all_of(shape.equal.begin(), shape.equal.end(),
                       [&](const Shape::Equal& equal) { return rows->may_hold(equal, values); });
  });
  if (wanted) queue_all(link);
}

void Gathered::queue_all(Link& link) {
  for (GatheredRows* rows : order_) rows->queue(link);
  order_.clear();
}

void Gathered::drop() {
  for (GatheredRows* rows : order_) rows->clear();
  order_.clear();
}

}  // namespace yilian::database
