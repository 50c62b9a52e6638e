#include "engine/records/pack.h"

#include "engine/records/body.h"
#include "engine/records/index/known_runs.h"
#include "engine/records/lately.h"

namespace yilian::records {
namespace {

// Unpacked, in the whole process; about as many as a busy ward's charts and what they refer to.
Lately<std::string>& texts_lately() {
  static Lately<std::string> texts(16U << 20);
  return texts;
}

constexpr std::size_t kMostKept = 1u << 20;  // of a text that a connection holds on to

// Of a database, as long as one of its connections lives.
struct Owner {
  Owner() = default;
  Owner(const Owner&) = delete;
  ~Owner() { texts_lately().forget(this); }
};

Failure damaged(const std::string& what) {
  return fail(Code::storage, what, "records", "Check the disk, restore the database from its backup");
}

}  // namespace

std::int64_t Packs::number_of(database::Connection& writer, const std::shared_ptr<const Pack>& pack) {
  if (numbered_in_ != writer.transaction()) numbered_.clear();
  numbered_in_ = writer.transaction();
  writes_ = true;
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

const void* Packs::owner(database::Connection& connection) {
  if (owner_ == nullptr)
    owner_ = KnownRuns<Owner>::instance().find_or_make(connection, 0, [] { return std::make_shared<Owner>(); });
  return owner_.get();
}

Result<std::shared_ptr<const std::string>> Packs::text_of(database::Connection& connection, std::int64_t number) {
  const Lately<std::string>::Key key{owner(connection), static_cast<std::uint64_t>(number)};
  if (!writes_) {
    if (auto kept = texts_lately().find(key)) return kept;
  }
  if (!waiting_.empty() && number >= waiting_.front().first) flush(connection);
  auto row = connection.prepare("SELECT dictionary, packed FROM body WHERE number = ?1");
  row.bind(1, number);
  if (!row.step()) return damaged("the body of a version is missing");
  YL_TRY(std::string text, decompress(row.blob(1), row.integer(0)));
  auto made = std::make_shared<const std::string>(std::move(text));
  if (!writes_) texts_lately().keep(key, made, made->capacity() + sizeof *made);
  return std::shared_ptr<const std::string>(std::move(made));
}

Result<BodyText> Packs::read(database::Connection& connection, const BodyPlace& place) {
  std::shared_ptr<const std::string> whole;
  if (last_ != nullptr && last_number_ == place.number && last_in_ == connection.transaction()) {
    whole = last_;
  } else {
    YL_TRY(whole, text_of(connection, place.number));
    last_ = whole->size() <= kMostKept ? whole : nullptr;
    last_number_ = place.number;
    last_in_ = connection.transaction();
  }
  const auto start = static_cast<std::size_t>(place.start);
  if (place.start < 0 || start > whole->size()) return damaged("a version lies outside the text that it was written with");
  const std::size_t bytes = place.bytes < 0 ? whole->size() - start : static_cast<std::size_t>(place.bytes);
  if (bytes > whole->size() - start) return damaged("a version lies outside the text that it was written with");
  const std::string_view text = std::string_view(*whole).substr(start, bytes);
  return BodyText{std::move(whole), text};
}

void Packs::forget_kept(database::Connection& connection) {
  last_ = nullptr;
  texts_lately().forget(owner(connection));
}

void rest_packs() { texts_lately().rest(); }

}  // namespace yilian::records
