#pragma once
// A connection to a PostgreSQL database, for the writer or a reader. It finds its line again by itself, between
// transactions.

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>

#include "engine/database/driver.h"
#include "engine/database/postgres/gathered.h"
#include "engine/database/postgres/link.h"

namespace yilian::database {

// What all connections of one Database share.
struct PostgresPlace {
  std::string url;
  // Connection::database() of a server's history: its system's identifier and its timeline, which is another one after it
  // was put back to a point in time, or after a standby took over that had not heard all.
  std::uint64_t number_of(const std::string& history);
  std::mutex mutex;  // of `numbers`
  std::map<std::string, std::uint64_t> numbers;
  std::map<std::string, std::int64_t> versions;  // of each part of the schema, as this program knows them
  std::atomic<bool> keeper{false};               // whether this daemon kept the tables when the writer last looked
};

class PostgresConnection final : public Connection {
 public:
  enum class Use : std::uint8_t { migrate, write, read };
  // Throws StorageError.
  PostgresConnection(PostgresPlace& place, Use use);
  ~PostgresConnection() override;
  void execute(std::string_view sql) override;
  std::int64_t changes() const override { return changes_; }

  bool is_near() const override { return false; }
  std::uint64_t round_trips() const override { return round_trips_; }

  // Of the statements. What a query asks, where its answer goes.
  struct Question {
    ServerStatement& statement;
    const Shape& shape;
    const Values& values;
    ResultPtr& answer;
  };
  // Asked with the next one that is run: until then it may be taken back.
  void ask_with_next(const Question* question) { ahead_.push_back(question); }
  void take_back(const Question* question) noexcept { std::erase(ahead_, question); }
  void run(const Question& question);
  ResultPtr open_cursor(const std::string& name, std::string_view fetch, const Shape& shape, const Values& values);
  ResultPtr fetch(std::string_view fetch);
  void gather(const Shape& shape, const Values& values) { gathered_.add(line(), shape, values); }
  std::string cursor_name() { return "w" + std::to_string(++cursors_); }

  // From now on the writer's: it takes part in turns.
  void take_part();
  // Inside a transaction of the writer: makes this daemon the keeper when who it was is gone.
  bool keep();

 private:
  std::unique_ptr<RawStatement> make(std::string_view sql, bool kept) override;
  std::unique_ptr<RawStatement> make_walk(std::string_view sql, bool kept) override;
  std::unique_ptr<RawStatement> make_each(std::string_view sql, bool kept) override;
  void begin() override;
  void commit() override;
  void roll_back() override;
  bool in_transaction() const override { return open_; }
  void set_savepoint() override;
  void settle() override;
  void undo_to_savepoint() override;
  void release_savepoint() override;
  bool keeper() const override { return keeper_ == turn_; }
  bool begin_snapshot() override;
  void end_snapshot() override;
  void take_snapshot() override;
  bool begin_glance() override;
  void end_glance() override;

  void connect();
  Link& line();  // throws when there is none
  void set_up(Link& link);
  void check_versions(Link& link) const;
  ResultPtr ask(const std::function<void(Link&)>& queue);
  void queue_ahead(Link& link);
  void note_version(const PGresult* version);
  std::optional<std::string> status_of(std::int64_t transaction);
  void learn_outcome(const StorageError& error);
  ResultPtr answer();  // of what is queued; notes when the line is gone

  PostgresPlace& place_;
  Use use_;
  std::unique_ptr<Link> link_;
  std::chrono::steady_clock::time_point next_try_{};
  ServerStatement take_turn_;
  Gathered gathered_;
  ServerStatement begin_snapshot_, version_, end_snapshot_;
  bool open_ = false;        // a transaction
  bool glancing_ = false;
  std::string seen_version_;  // of the last snapshot, as the server tells it
  std::vector<const Question*> ahead_;
  std::uint64_t round_trips_ = 0;
  std::uint64_t history_ = 0;   // of this line's server: PostgresPlace::number_of
  std::int64_t turn_ = 0;       // of this line, as the writer's
  std::int64_t keeper_ = 0;     // turn of who keeps the tables, as of the transaction's begin
  std::int64_t transaction_id_ = 0;
  std::int64_t changes_ = 0;
  std::uint64_t cursors_ = 0;
};

}  // namespace yilian::database
