#include "engine/records/pack.h"

#include <unordered_map>

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

// Of what was read before; nothing: it has to be read.
Packs::Text Packs::known(database::Connection& connection, std::int64_t number) {
  if (last_ != nullptr && last_number_ == number && last_in_ == connection.transaction()) return last_;
  return writes_ ? nullptr : texts_lately().find({owner(connection), static_cast<std::uint64_t>(number)});
}

Result<Packs::Text> Packs::unpack(database::Connection& connection, std::int64_t number, std::int64_t dictionary,
                                  std::string_view packed) {
  YL_TRY(std::string text, decompress(packed, dictionary));
  auto made = std::make_shared<const std::string>(std::move(text));
  if (!writes_)
    texts_lately().keep({owner(connection), static_cast<std::uint64_t>(number)}, made, made->capacity() + sizeof *made);
  return Text(std::move(made));
}

void Packs::hold_on(database::Connection& connection, std::int64_t number, const Text& text) {
  last_ = text->size() <= kMostKept ? text : nullptr;
  last_number_ = number;
  last_in_ = connection.transaction();
}

Result<Packs::Text> Packs::text_of(database::Connection& connection, std::int64_t number) {
  if (auto text = known(connection, number)) return text;
  if (!waiting_.empty() && number >= waiting_.front().first) flush(connection);
  auto row = connection.prepare("SELECT dictionary, packed FROM body WHERE number = ?1");
  row.bind(1, number);
  if (!row.step()) return damaged("the body of a version is missing");
  return unpack(connection, number, row.integer(0), row.blob(1));
}

namespace {

Result<BodyText> text_at(std::shared_ptr<const std::string>&& whole, const BodyPlace& place) {
  const auto start = static_cast<std::size_t>(place.start);
  if (place.start < 0 || start > whole->size()) return damaged("a version lies outside the text that it was written with");
  const std::size_t bytes = place.bytes < 0 ? whole->size() - start : static_cast<std::size_t>(place.bytes);
  if (bytes > whole->size() - start) return damaged("a version lies outside the text that it was written with");
  const std::string_view text = std::string_view(*whole).substr(start, bytes);
  return BodyText{std::move(whole), text};
}

}  // namespace

Result<BodyText> Packs::read(database::Connection& connection, const BodyPlace& place) {
  YL_TRY(Text whole, text_of(connection, place.number));
  if (whole != last_) hold_on(connection, place.number, whole);
  return text_at(std::move(whole), place);
}

Result<std::vector<BodyText>> Packs::read(database::Connection& connection, std::span<const BodyPlace> places) {
  std::unordered_map<std::int64_t, Text> texts;
  std::vector<std::int64_t> missing;
  for (const BodyPlace& place : places) {
    const auto [at, fresh] = texts.try_emplace(place.number);
    if (!fresh || place.number == 0) continue;
    at->second = known(connection, place.number);
    if (at->second == nullptr) missing.push_back(place.number);
  }
  if (missing.size() == 1) {
    YL_TRY(Text text, text_of(connection, missing.front()));
    texts[missing.front()] = std::move(text);
  } else if (!missing.empty()) {
    if (!waiting_.empty()) flush(connection);
    auto rows = connection.for_each("SELECT dictionary, packed, ?1 FROM body WHERE number = ?1");
    rows.bind_each(1, missing);
    while (rows.step()) {
      YL_TRY(Text text, unpack(connection, rows.integer(2), rows.integer(0), rows.blob(1)));
      texts[rows.integer(2)] = std::move(text);
    }
  }
  std::vector<BodyText> out;
  out.reserve(places.size());
  for (const BodyPlace& place : places) {
    if (place.number == 0) {
      out.emplace_back();
      continue;
    }
    Text whole = texts[place.number];
    if (whole == nullptr) return damaged("the body of a version is missing");
    YL_TRY(BodyText text, text_at(std::move(whole), place));
    out.push_back(std::move(text));
  }
  if (!places.empty() && places.back().number != 0) hold_on(connection, places.back().number, texts[places.back().number]);
  return out;
}

void Packs::forget_kept(database::Connection& connection) {
  last_ = nullptr;
  texts_lately().forget(owner(connection));
}

void rest_packs() { texts_lately().rest(); }

}  // namespace yilian::records
