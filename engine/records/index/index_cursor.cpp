#include "engine/records/index/index_cursor.h"

#include <algorithm>

#include "engine/records/index/key.h"

namespace yilian::records {

// One run, or one piece of the tail, at an entry within the range.
class IndexCursor::Source {
 public:
  Source(database::Connection& connection, std::int64_t run, int age)
      : connection_(&connection), run_(run), age_(age) {}
  Source(const Piece& piece, int age) : tail_(&piece), age_(age) {}

  int age() const { return age_; }  // 0: the newest
  std::string_view key() const { return piece().key(at_); }
  const Head& head() const { return head_; }
  const Bits& bits() const { return piece().bits(at_); }

  // To the first key that is not before this one; false: there is none.
  bool rise_to(std::string_view key) {
    if (connection_ != nullptr && (piece().size() == 0 || key > piece().key(piece().size() - 1)) && !load_around(key))
      return false;
    at_ = piece().lower_bound(key);
    return stands(at_ < piece().size() || load_next());
  }
  // To the last key before this one (empty: of all).
  bool fall_below(std::string_view key) {
    if (connection_ != nullptr && !load_before(key)) return false;
    at_ = key.empty() ? piece().size() : piece().lower_bound(key);
    return step_down();
  }
  bool step_up() { return stands(++at_ < piece().size() || load_next()); }
  bool step_down() {
    if (at_ > 0) {
      --at_;
      return stands(true);
    }
    if (connection_ == nullptr || first_.empty() || !load_before(first_)) return false;
    at_ = piece().size() - 1;
    return stands(true);
  }

 private:
  bool stands(bool there) {
    if (there) head_ = head_of(key());
    return there;
  }
  const Piece& piece() const { return tail_ != nullptr ? *tail_ : own_; }
  bool load(database::Statement& row) {
    if (!row.step()) return false;
    first_ = row.blob(0);
    own_.read(row.blob(1));
    at_ = 0;
    return own_.size() > 0;
  }
  // The piece in which the key stands, or would stand.
  bool load_around(std::string_view key) {
    auto row = connection_->prepare(
        "SELECT first, entries FROM index_piece WHERE run = ?1 AND first <= ?2 ORDER BY first DESC LIMIT 1");
    row.bind(1, run_).bind_blob(2, key);
    return load(row) || load_after({});
  }
  bool load_next() { return connection_ != nullptr && load_after(first_); }
  bool load_after(const std::string& first) {
    auto row = connection_->prepare(
        "SELECT first, entries FROM index_piece WHERE run = ?1 AND first > ?2 ORDER BY first LIMIT 1");
    row.bind(1, run_).bind_blob(2, first);
    return load(row);
  }
  bool load_before(std::string_view key) {
    auto row = key.empty() ? connection_->prepare(
                                 "SELECT first, entries FROM index_piece WHERE run = ?1 ORDER BY first DESC LIMIT 1")
                           : connection_->prepare(
                                 "SELECT first, entries FROM index_piece WHERE run = ?1 AND first < ?2 ORDER BY first "
                                 "DESC LIMIT 1");
    row.bind(1, run_);
    if (!key.empty()) row.bind_blob(2, key);
    return load(row);
  }

  database::Connection* connection_ = nullptr;
  std::int64_t run_ = 0;
  const Piece* tail_ = nullptr;
  Piece own_;
  std::string first_;
  std::size_t at_ = 0;
  Head head_;
  int age_;
};

IndexCursor::IndexCursor(database::Connection& connection, std::string low, std::string high, Order order)
    : connection_(connection), low_(std::move(low)), high_(std::move(high)), order_(order), whole_(true) {
  auto& index = connection.deferred<Index>();
  open({index.runs(connection), index.tail(connection)});
}

IndexCursor::IndexCursor(database::Connection& connection, const Sources& sources, std::string low, std::string high,
                         Order order)
    : connection_(connection), low_(std::move(low)), high_(std::move(high)), order_(order), whole_(false) {
  open(sources);
}

IndexCursor::~IndexCursor() = default;

void IndexCursor::open(const Sources& sources) {
  int age = 0;
  const auto enter = [this](Source&& source) {
    if (order_ == Order::ascending ? !source.rise_to(low_) || (!high_.empty() && source.key() >= high_)
                                   : !source.fall_below(high_) || source.key() < low_)
      return;
    sources_.push_back(std::make_unique<Source>(std::move(source)));
    heap_.push_back(sources_.back().get());
  };
  for (const Tail& part : sources.tail) enter(Source(part.piece, age++));
  for (const Run& run : sources.runs) enter(Source(connection_, run.number, age++));
  std::make_heap(heap_.begin(), heap_.end(), [this](const Source* a, const Source* b) { return comes_before(*b, *a); });
  next();
}

bool IndexCursor::comes_before(const Source& a, const Source& b) const {
  if (a.head() != b.head()) return (a.head() < b.head()) == (order_ == Order::ascending);
  const int order = a.key().compare(b.key());
  if (order != 0) return (order < 0) == (order_ == Order::ascending);
  return a.age() < b.age();
}

void IndexCursor::next() {
  do {
    there_ = !heap_.empty();
    if (there_) rise();
  } while (there_ && whole_ && bits_.set == 0);
}

void IndexCursor::rise() {
  const auto later = [this](const Source* a, const Source* b) { return comes_before(*b, *a); };
  key_ = heap_.front()->key();
  const Head head = heap_.front()->head();
  bits_ = {};
  while (!heap_.empty() && heap_.front()->head() == head && heap_.front()->key() == key_) {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    Source& source = *heap_.back();
    bits_ = over(bits_, source.bits());
    const bool goes_on = order_ == Order::ascending
                             ? source.step_up() && (high_.empty() || source.key() < high_)
                             : source.step_down() && source.key() >= low_;
    if (goes_on) {
      std::push_heap(heap_.begin(), heap_.end(), later);
    } else {
      heap_.pop_back();
    }
  }
}

void IndexCursor::seek(std::string_view key) {
  if (!there_ || key_ >= key) return;
  std::erase_if(heap_, [&](Source* source) {
    return source->key() < key && (!source->rise_to(key) || (!high_.empty() && source->key() >= high_));
  });
  std::make_heap(heap_.begin(), heap_.end(), [this](const Source* a, const Source* b) { return comes_before(*b, *a); });
  next();
}

}  // namespace yilian::records
