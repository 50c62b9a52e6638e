#include "engine/records/index/index_cursor.h"

#include <algorithm>

#include "engine/records/index/key.h"

namespace yilian::records {

// One run, or one piece of the tail, at an entry within the range.
class IndexCursor::Source {
 public:
  Source(database::Connection& connection, RunPieces& run, int age, bool keep)
      : connection_(&connection), run_(&run), age_(age), keep_(keep) {}
  Source(const Piece& piece, int age) : piece_(&piece), age_(age) {}

  int age() const { return age_; }  // 0: the newest
  std::string_view key() const { return piece_->key(at_); }
  const Head& head() const { return head_; }
  const Bits& bits() const { return piece_->bits(at_); }

  // To the first key that is not before this one; false: there is none.
  bool rise_to(std::string_view key) {
    if (run_ != nullptr && (piece_ == nullptr || key > piece_->key(piece_->size() - 1)) && !load(run_->around(key)))
      return false;
    at_ = piece_->lower_bound(key);
    return stands(at_ < piece_->size() || load_next());
  }
  // To the last key before this one (empty: of all).
  bool fall_below(std::string_view key) {
    if (run_ != nullptr && !load(key.empty() ? run_->size() - 1 : run_->before(key))) return false;
    at_ = key.empty() ? piece_->size() : piece_->lower_bound(key);
    return step_down();
  }
  bool step_up() { return stands(++at_ < piece_->size() || load_next()); }
  bool step_down() {
    if (at_ == 0) {
      if (run_ == nullptr || number_ == 0 || !load(number_ - 1)) return false;
      at_ = piece_->size();
    }
    --at_;
    return stands(true);
  }

 private:
  bool stands(bool there) {
    if (there) head_ = head_of(key());
    return there;
  }
  bool load(std::size_t number) {
    if (number >= run_->size()) return false;
    held_ = run_->get(*connection_, number, keep_);
    piece_ = held_.get();
    number_ = number;
    at_ = 0;
    return piece_->size() > 0;
  }
  bool load_next() { return run_ != nullptr && load(number_ + 1); }

  database::Connection* connection_ = nullptr;
  RunPieces* run_ = nullptr;
  std::shared_ptr<const Piece> held_;
  const Piece* piece_ = nullptr;
  std::size_t number_ = 0, at_ = 0;
  Head head_;
  int age_;
  bool keep_ = false;
};

IndexCursor::IndexCursor(database::Connection& connection, std::string low, std::string high, Order order)
    : connection_(connection), low_(std::move(low)), high_(std::move(high)), order_(order), whole_(true) {
  auto& index = connection.deferred<Index>();
  const auto& tail = index.tail(connection);
  open({index.runs(connection), tail, true});
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
  for (const Run& run : sources.runs) enter(Source(connection_, *run.pieces, age++, sources.keep));
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
