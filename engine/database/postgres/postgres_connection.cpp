#include "engine/database/postgres/postgres_connection.h"

#include <random>
#include <thread>

#include "engine/base/log.h"
#include "engine/database/postgres/postgres_statement.h"

namespace yilian::database {
namespace {

using namespace std::chrono_literals;

// A server that does not answer is not asked again for so long: what comes meanwhile is refused at once.
constexpr auto kPause = 1s;
// For so long the writer asks what became of a commit whose answer was lost.
constexpr auto kPatience = 15s;

// What the session needs whatever the server's settings are. `synchronous_commit` stays as it is where it promises more.
constexpr std::string_view kSettings =
    "SELECT set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit') IN ('off', 'local') "
    "THEN 'on' ELSE current_setting('synchronous_commit') END, false), "
    "set_config('lock_timeout', '30s', false), "
    // What is planned once is good for whatever is bound: each statement has its index. Else those for many, with few, are
    // planned each time, which takes longer than running them.
    "set_config('plan_cache_mode', 'force_generic_plan', false), set_config('jit', 'off', false), "
    "set_config('idle_in_transaction_session_timeout', $1::text, false), "
    "(current_setting('fsync') = 'on')::int, current_setting('server_version_num')::int, "
    "convert_to((SELECT system_identifier FROM pg_control_system()) || '/' || "
    "substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), 'UTF8'), (current_setting('data_checksums') = 'on')::int";

// Held while a line lasts, so that nobody changes the layout under it.
constexpr std::string_view kHoldLayout = "SELECT pg_try_advisory_lock_shared('writer_turn'::regclass::oid::int, 0)::int";
constexpr std::string_view kHoldTurn = "SELECT pg_try_advisory_lock('writer_turn'::regclass::oid::int, $1::bigint::int)::int";

constexpr const char* kSnapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
// Which transactions it sees, of the whole server: as long as that is said, nobody has committed.
constexpr const char* kVersion = "SELECT convert_to(pg_current_snapshot()::text, 'UTF8')";

// The row is locked until the transaction ends: who writes is alone, whatever daemon it belongs to.
constexpr const char* kTakeTurn =
    "SELECT turn, keeper, pg_current_xact_id()::text::bigint FROM writer_turn FOR UPDATE";

constexpr std::string_view kKeeperThere =
    "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND classid = 'writer_turn'::regclass::oid "
    "AND objid::bigint = $1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

// Which no other line has: the lower half of an advisory lock's key.
std::int64_t draw_turn() {
  static std::random_device random;
  return std::uniform_int_distribution<std::int64_t>(1, 0x7FFFFFFF)(random);
}

}  // namespace

std::uint64_t PostgresPlace::number_of(const std::string& history) {
  const std::lock_guard lock(mutex);
  std::uint64_t& number = numbers[history];
  if (number == 0) number = new_database_number();
  return number;
}

PostgresConnection::PostgresConnection(PostgresPlace& place, Use use)
    : Connection(0),
      place_(place),
      use_(use),
      take_turn_(kTakeTurn),
      begin_snapshot_(kSnapshot),
      version_(kVersion),
      end_snapshot_("COMMIT") {
  connect();
  belong_to(history_);
}

PostgresConnection::~PostgresConnection() { forget_statements(); }

std::unique_ptr<RawStatement> PostgresConnection::make(std::string_view sql, bool) {
  return postgres_statement(*this, sql);
}

std::unique_ptr<RawStatement> PostgresConnection::make_walk(std::string_view sql, bool) {
  return postgres_walk(*this, sql);
}

std::unique_ptr<RawStatement> PostgresConnection::make_each(std::string_view sql, bool) {
  return postgres_each(*this, sql);
}

void PostgresConnection::connect() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_try_) throw StorageError(Trouble::away, "the server cannot be reached");
  link_.reset();
  open_ = pending_ = false;
  seen_version_.clear();
  gathered_.drop();
  try {
    auto made = std::make_unique<Link>(place_.url);
    set_up(*made);
    link_ = std::move(made);
  } catch (const StorageError&) {
    next_try_ = std::chrono::steady_clock::now() + kPause;
    throw;
  }
}

void PostgresConnection::set_up(Link& link) {
  Values limit;
  limit.set(1, std::string_view(use_ == Use::read ? "5min" : "30s"));
  link.queue(kSettings, limit);
  const ResultPtr settings = link.run();
  if (integer_at(settings.get(), 0, 6) < 150000)
    throw StorageError(Trouble::other, "the server is older than PostgreSQL 15");
  if (integer_at(settings.get(), 0, 5) == 0)
    throw StorageError(Trouble::other, "the server's fsync is off: what it says to have written may be lost");
  history_ = place_.number_of(std::string(bytes_at(settings.get(), 0, 7)));
  if (use_ == Use::migrate) {
    if (integer_at(settings.get(), 0, 8) == 0) {
      log::warning("database", "pages_without_checksums",
                   {{"what", "what the server's disk turns may not be noticed. Stop the server and run 'pg_checksums "
                             "--enable' (docs/hospital-it.md)"}});
    }
    return;
  }
  link.queue(kHoldLayout);
  if (integer_at(link.run().get(), 0, 0) == 0)
    throw StorageError(Trouble::away, "a newer daemon is changing the layout of the database");
  check_versions(link);
  if (use_ != Use::write) return;
  do {
    turn_ = draw_turn();
    Values turn;
    turn.set(1, turn_);
    link.queue(kHoldTurn, turn);
  } while (integer_at(link.run().get(), 0, 0) == 0);
}

void PostgresConnection::check_versions(Link& link) const {
  link.queue("SELECT part, version FROM schema_part");
  const ResultPtr rows = link.run();
  for (int i = 0; i < PQntuples(rows.get()); ++i) {
    const auto known = place_.versions.find(std::string(bytes_at(rows.get(), i, 0)));
    if (known != place_.versions.end() && known->second != integer_at(rows.get(), i, 1))
      throw StorageError(Trouble::other, "a newer program has changed the layout of the database: start that one");
  }
}

void PostgresConnection::take_part() {
  use_ = Use::write;
  set_up(*link_);
}

Link& PostgresConnection::line() {
  if (link_ == nullptr) throw StorageError(Trouble::away, "the server cannot be reached");
  return *link_;
}

ResultPtr PostgresConnection::answer() {
  ++round_trips_;
  try {
    return line().run();
  } catch (const StorageError& error) {
    if (error.trouble == Trouble::away) open_ = false;
    throw;
  }
}

// What was to be asked together with the next.
void PostgresConnection::queue_ahead(Link& link) {
  for (const Question* each : ahead_) {
    gathered_.queue_for(link, each->shape, each->values);
    link.queue(each->statement, each->values, &each->answer);
  }
}

// What `queue` puts on the line, and what goes with it.
ResultPtr PostgresConnection::ask(const std::function<void(Link&)>& queue) {
  const bool first = std::exchange(pending_, false);
  for (bool again = first || glancing_;; again = false) {
    try {
      ResultPtr version;
      if (first) {
        line().queue(begin_snapshot_);
        line().queue(version_, {}, &version);
        open_ = true;
      }
      queue_ahead(line());
      queue(line());
      ResultPtr last = answer();
      ahead_.clear();
      if (first) note_version(version.get());
      return last;
    } catch (const StorageError& error) {
      // A line that lay idle may have been hung up: the server was started anew. Nothing was read yet.
      if (!again || error.trouble != Trouble::away) {
        ahead_.clear();
        throw;
      }
      connect();
      if (history_ != database()) throw StorageError(Trouble::away, "the server came back with another history");
    }
  }
}

// The snapshot shows what the last one did, or something has been committed.
void PostgresConnection::note_version(const PGresult* version) {
  const std::string_view seen = bytes_at(version, 0, 0);
  if (seen == seen_version_) return;
  seen_version_ = seen;
  count_transaction();
}

void PostgresConnection::take_snapshot() {
  ask([](Link&) {});
}

void PostgresConnection::run(const Question& question) {
  ask([&](Link& link) {
    gathered_.queue_for(link, question.shape, question.values);
    link.queue(question.statement, question.values, &question.answer);
  });
  if (question.shape.kind == Shape::Kind::change) changes_ = std::atoll(PQcmdTuples(question.answer.get()));
}

ResultPtr PostgresConnection::open_cursor(const std::string& name, std::string_view fetch, const Shape& shape,
                                          const Values& values) {
  return ask([&](Link& link) {
    gathered_.queue_for(link, shape, values);
    link.queue("DECLARE " + name + " NO SCROLL CURSOR FOR " + shape.sql, values);
    link.queue(fetch);
  });
}

ResultPtr PostgresConnection::fetch(std::string_view fetch) {
  line().queue(fetch);
  return answer();
}

void PostgresConnection::execute(std::string_view sql) {
  if (pending_) take_snapshot();
  gathered_.queue_all(line());
  gathered_.forget_columns();
  line().execute(std::string(sql));
  open_ = line().in_transaction();
}

void PostgresConnection::begin() {
  ResultPtr turn;
  for (int tries = 2;; --tries) {
    if (link_ == nullptr || link_->broken()) connect();
    belong_to(history_);
    try {
      line().queue("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
      line().queue(take_turn_);
      open_ = true;
      turn = answer();
      break;
    } catch (const StorageError& error) {
      // A server that was started anew hung up before.
      if (error.trouble != Trouble::away || tries == 1) throw;
    }
  }
  const std::int64_t last = integer_at(turn.get(), 0, 0);
  keeper_ = integer_at(turn.get(), 0, 1);
  transaction_id_ = integer_at(turn.get(), 0, 2);
  place_.keeper = keeper();
  if (last == turn_) return;
  Values mine;
  mine.set(1, turn_);
  line().queue("UPDATE writer_turn SET turn = $1", mine);
  tell_others_wrote();
}

bool PostgresConnection::keep() {
  if (keeper()) return true;
  Values value;
  value.set(1, keeper_);
  line().queue(kKeeperThere, value);
  if (keeper_ != 0 && PQntuples(answer().get()) > 0) return false;
  value.set(1, turn_);
  line().queue("UPDATE writer_turn SET keeper = $1", value);
  answer();
  keeper_ = turn_;
  return true;
}

void PostgresConnection::commit() {
  try {
    gathered_.queue_all(line());
    line().queue("COMMIT");
    const ResultPtr done = answer();
    open_ = false;
    // A task that went on after an error: PostgreSQL had given all up.
    if (std::string_view(PQcmdStatus(done.get())) != "COMMIT")
      throw StorageError(Trouble::other, "the transaction had failed before");
  } catch (const StorageError& error) {
    if (error.trouble != Trouble::away) throw;
    learn_outcome(error);
  }
}

// What the server says of a transaction: "committed", "aborted", "in progress"; nothing when it is not there to be asked.
std::optional<std::string> PostgresConnection::status_of(std::int64_t transaction) {
  try {
    next_try_ = {};
    connect();
    Values id;
    id.set(1, transaction);
    line().queue("SELECT convert_to(coalesce(pg_xact_status($1::bigint::text::xid8), ''), 'UTF8')", id);
    return std::string(bytes_at(line().run().get(), 0, 0));
  } catch (const StorageError&) {
    return std::nullopt;
  }
}

// The line broke with the commit under way: it may have been done or not, and only the server knows. The next transaction
// takes its turn on the new line as another's.
void PostgresConnection::learn_outcome(const StorageError& error) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  log::warning("database", "commit_in_doubt", {{"what", error.what()}, {"transaction", transaction_id_}});
  for (; std::chrono::steady_clock::now() < end; std::this_thread::sleep_for(200ms)) {
    const auto status = status_of(transaction_id_);
    if (!status) continue;
    if (history_ != database()) break;  // of another history that number may be anybody's
    if (*status == "committed") return log::info("database", "commit_was_done", {{"transaction", transaction_id_}});
    if (*status == "aborted") throw StorageError(Trouble::away, error.what());
    if (*status != "in progress") break;
  }
  throw StorageError(Trouble::unknown,
                     "the line to the server broke while it committed, and it cannot be learnt what became of it");
}

void PostgresConnection::roll_back() {
  gathered_.drop();
  if (!open_ || link_ == nullptr) return;
  open_ = false;
  try {
    line().queue("ROLLBACK");
    line().run();
  } catch (const StorageError&) {
    // What was queued before failed, so that this was not done; or the line is gone, and with it the transaction.
    if (line().broken()) return;
    line().queue("ROLLBACK");
    line().run();
  }
}

void PostgresConnection::set_savepoint() {
  gathered_.queue_all(line());
  line().queue("SAVEPOINT task");
  answer();
}

void PostgresConnection::settle() {
  gathered_.queue_all(line());
  answer();
}

void PostgresConnection::undo_to_savepoint() {
  gathered_.drop();
  line().queue("ROLLBACK TO task");
  answer();
}

void PostgresConnection::release_savepoint() {
  gathered_.queue_all(line());
  line().queue("RELEASE task");
  answer();
}

bool PostgresConnection::begin_snapshot() {
  if (link_ == nullptr || link_->broken()) connect();
  belong_to(history_);
  pending_ = true;
  return false;
}

void PostgresConnection::end_snapshot() {
  ahead_.clear();
  if (std::exchange(pending_, false)) return;
  if (!std::exchange(open_, false)) return;  // nothing was asked, or the line is gone
  line().queue(end_snapshot_);
  line().send();
}

bool PostgresConnection::begin_glance() {
  if (!std::exchange(pending_, false)) return false;  // a snapshot was taken already, or this is the writer's
  glancing_ = true;
  return true;
}

void PostgresConnection::end_glance() {
  ahead_.clear();
  glancing_ = false;
  pending_ = true;
}

}  // namespace yilian::database
