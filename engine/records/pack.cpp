#include "engine/records/pack.h"

#include "engine/records/body.h"

namespace yilian::records {
namespace {

constexpr std::size_t kMostKept = 1u << 20;  // of an unpacked text

Failure damaged(const std::string& what) {
  return fail(Code::storage, what, "records", "Check the database with 'PRAGMA integrity_check', restore its backup");
}

}  // namespace

std::int64_t Packs::number_of(database::Connection& writer, const std::shared_ptr<const Pack>& pack) {
  if (numbered_in_ != writer.transaction()) numbered_.clear();
  numbered_in_ = writer.transaction();
  const auto [at, fresh] = numbered_.try_emplace(pack, 0);
  if (fresh) {
    if (next_ == 0) {
      auto row = writer.prepare("SELECT max(number) FROM body");
      next_ = (row.step() ? row.integer(0) : 0) + 1;
    }
    at->second = next_++;
    waiting_.emplace_back(at->second, pack);
  }
  return at->second;
}

void Packs::flush(database::Connection& writer) {
  for (const auto& [number, pack] : waiting_) {
    const std::string* packed = nullptr;
    try {
      packed = &pack->get();
    } catch (const std::exception& error) {
      throw database::StorageError(database::Trouble::other, std::string("a body cannot be compressed: ") + error.what());
    }
    writer.prepare("INSERT INTO body VALUES(?1, ?2, ?3)").bind(1, number).bind(2, kDictionary).bind_blob(3, *packed).run();
  }
  waiting_.clear();
}

void Packs::discard() {
  numbered_.clear();
  waiting_.clear();
  next_ = 0;
}

Result<std::string> Packs::read(database::Connection& connection, const BodyPlace& place) {
  if (read_ != place.number || read_in_ != connection.transaction()) {
    if (!waiting_.empty() && place.number >= waiting_.front().first) flush(connection);
    auto row = connection.prepare("SELECT dictionary, packed FROM body WHERE number = ?1");
    row.bind(1, place.number);
    read_ = 0;
    if (!row.step()) return damaged("the body of a version is missing");
    YL_TRY(text_, decompress(row.blob(1), row.integer(0)));
    read_ = place.number;
    read_in_ = connection.transaction();
  }
  const auto start = static_cast<std::size_t>(place.start);
  const std::size_t bytes = place.bytes < 0 ? text_.size() - start : static_cast<std::size_t>(place.bytes);
  if (place.start < 0 || start > text_.size() || bytes > text_.size() - start)
    return damaged("a version lies outside the text that it was written with");
  if (text_.size() <= kMostKept) return text_.substr(start, bytes);
  read_ = 0;
  std::string all = std::move(text_);
  text_ = {};
  return start == 0 && bytes == all.size() ? std::move(all) : all.substr(start, bytes);
}

}  // namespace yilian::records
