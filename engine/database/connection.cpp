#include "engine/database/connection.h"

#include <atomic>
#include <unordered_map>

#include "engine/database/driver.h"

namespace yilian::database {
namespace {

// Statements are kept by their text. The texts are literals of ours, so there are few; the bound is against a caller
// who does otherwise.
constexpr std::size_t kKeptStatements = 256;

struct Hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

// A query for many, run for one after the other.
class OneByOne final : public RawStatement {
 public:
  explicit OneByOne(std::unique_ptr<RawStatement> one) : one_(std::move(one)) {}

  void bind_integer(int index, std::int64_t) override { refuse_one(index); }
  void bind_text(int index, std::string_view) override { refuse_one(index); }
  void bind_blob(int index, std::string_view) override { refuse_one(index); }
  void bind_null(int index) override { refuse_one(index); }
  void bind_each(int index, std::span<const std::int64_t> values) override {
    const auto place = static_cast<std::size_t>(index);
    if (each_.size() < place) each_.resize(place);
    each_[place - 1] = values;
  }

  bool step() override {
    while (true) {
      if (running_ && one_->step()) return true;
      one_->reset();
      running_ = next_ < (each_.empty() ? 0 : each_[0].size());
      if (!running_) {
        next_ = 0;
        return false;
      }
      for (std::size_t i = 0; i < each_.size(); ++i) one_->bind_integer(static_cast<int>(i) + 1, each_[i][next_]);
      ++next_;
    }
  }
  void reset() noexcept override {
    one_->reset();
    running_ = false;
    next_ = 0;
  }

  std::int64_t integer(int column) const override { return one_->integer(column); }
  std::string_view text(int column) const override { return one_->text(column); }
  std::string_view blob(int column) const override { return one_->blob(column); }
  bool null(int column) const override { return one_->null(column); }

 private:
  [[noreturn]] static void refuse_one(int index) {
    throw StorageError(Trouble::other, "?" + std::to_string(index) + " of a statement for each takes many");
  }

  std::unique_ptr<RawStatement> one_;
  std::vector<std::span<const std::int64_t>> each_;
  std::size_t next_ = 0;
  bool running_ = false;
};

}  // namespace

struct Connection::Cache {
  struct Kept {
    std::unique_ptr<RawStatement> statement;
    bool busy = false;
  };
  // Node-based: a Kept stays where it is while statements point to its `busy`.
  std::unordered_map<std::string, Kept, Hash, std::equal_to<>> kept;
  // A literal mostly comes from the same place: its address is tried before its text is hashed.
  struct Recent {
    const char* text = nullptr;
    std::string_view known;
    Kept* kept = nullptr;
  };
  Recent recent[64];
};

Connection::Connection(std::uint64_t database)
    : prepared_(std::make_unique<Cache>()), database_(database) {}

Connection::~Connection() = default;

void Connection::belong_to(std::uint64_t database) {
  if (database_ == database) return;
  deferred_.clear();
  database_ = database;
}

void Connection::forget_statements() {
  deferred_.clear();
  prepared_.reset();
  walks_.reset();
  each_.reset();
}

Statement Connection::prepare(std::string_view sql) { return find_or_make(prepared_, sql, &Connection::make); }
Statement Connection::walk(std::string_view sql) { return find_or_make(walks_, sql, &Connection::make_walk); }
Statement Connection::for_each(std::string_view sql) { return find_or_make(each_, sql, &Connection::make_each); }

void RawStatement::bind_each(int, std::span<const std::int64_t>) {
  throw StorageError(Trouble::other, "only a statement for each takes many");
}

std::unique_ptr<RawStatement> Connection::make_walk(std::string_view sql, bool kept) { return make(sql, kept); }
std::unique_ptr<RawStatement> Connection::make_each(std::string_view sql, bool kept) {
  return std::make_unique<OneByOne>(make(sql, kept));
}

Statement Connection::find_or_make(std::unique_ptr<Cache>& of, std::string_view sql, Make maker) {
  if (of == nullptr) of = std::make_unique<Cache>();
  Cache& cache = *of;
  auto& recent = cache.recent[(reinterpret_cast<std::uintptr_t>(sql.data()) >> 4) % std::size(cache.recent)];
  // The same address is the same text only for literals; comparing makes sure for anything else.
  if (recent.text == sql.data() && !recent.kept->busy && recent.known == sql) {
    recent.kept->busy = true;
    return Statement(recent.kept->statement.get(), &recent.kept->busy);
  }
  auto found = cache.kept.find(sql);
  if (found != cache.kept.end() && !found->second.busy) {
    recent = {sql.data(), found->first, &found->second};
    found->second.busy = true;
    return Statement(found->second.statement.get(), &found->second.busy);
  }
  const bool keep = found == cache.kept.end() && cache.kept.size() < kKeptStatements;
  auto made = (this->*maker)(sql, keep);
  if (!keep) return Statement(made.release());
  found = cache.kept.emplace(std::string(sql), Cache::Kept{std::move(made), true}).first;
  recent = {sql.data(), found->first, &found->second};
  return Statement(found->second.statement.get(), &found->second.busy);
}

Deferred* Connection::find_deferred(const void* tag) const {
  for (const auto& [key, deferred] : deferred_) {
    if (key == tag) return deferred.get();
  }
  return nullptr;
}

Deferred& Connection::add_deferred(const void* tag, std::unique_ptr<Deferred> made) {
  return *deferred_.emplace_back(tag, std::move(made)).second;
}

void Connection::flush_deferred() {
  for (auto& [tag, deferred] : deferred_) deferred->flush(*this);
}

void Connection::discard_deferred() {
  for (auto& [tag, deferred] : deferred_) deferred->discard();
}

void Connection::tell_others_wrote() {
  for (auto& [tag, deferred] : deferred_) deferred->others_wrote();
}

std::uint64_t new_database_number() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace yilian::database
