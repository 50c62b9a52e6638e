#include <atomic>
#include <chrono>
#include <thread>

#include "engine/database/postgres/postgres_connection.h"

namespace yilian::database {
namespace {

using namespace std::chrono_literals;

constexpr auto kKeeperLook = 5s;  // so often it is asked whether the keeper of the tables is still there
constexpr auto kLeaving = 5s;     // so long the lines of a daemon that has stopped may take to be gone
constexpr auto kUpkeepLook = 2s;  // so often the keeper looks what others have written

constexpr std::string_view kOwnTables =
    "CREATE TABLE writer_turn(turn BIGINT NOT NULL, keeper BIGINT NOT NULL);"
    "INSERT INTO writer_turn VALUES(0, 0);"
    "CREATE TABLE schema_part(part BYTEA PRIMARY KEY, version BIGINT NOT NULL)";

std::int64_t number_of(Connection& connection, std::string_view sql) {
  Statement statement = connection.prepare(sql);
  return statement.step() ? statement.integer(0) : 0;
}

// Whether no daemon has a line to the database. One that has just stopped may seem to have one for a moment.
bool alone(Connection& writer) {
  const auto end = std::chrono::steady_clock::now() + kLeaving;
  while (number_of(writer, "SELECT pg_try_advisory_xact_lock('writer_turn'::regclass::oid::int, 0)::int") == 0) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(50ms);
  }
  return true;
}

Result<void> bring_up(Connection& writer, const std::vector<Schema>& schema) {
  const std::string where = "database";
  if (number_of(writer, "SELECT (current_schema() IS NULL)::int") != 0) {
    return fail(Code::bad_config, "the user has no schema to make tables in", where,
                "Make a database for Yilian alone, owned by its user (docs/hospital-it.md)");
  }
  // Daemons that start together come one after the other.
  writer.execute("SELECT pg_advisory_xact_lock(x'594C4E31'::int)");
  const bool fresh = number_of(writer, "SELECT (to_regclass('writer_turn') IS NULL)::int") != 0;
  if (fresh) {
    if (number_of(writer, "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()") != 0) {
      return fail(Code::bad_config, "there are tables of another program", where,
                  "Make a database for Yilian alone, owned by its user (docs/hospital-it.md)");
    }
    writer.execute(kOwnTables);
  }
  if (is_up_to_date(writer, schema, &Schema::postgres)) return {};
  if (!fresh && !alone(writer)) {
    return fail(Code::bad_config, "its layout has to be brought up, and daemons of the former program are at it", where,
                "Stop them all first, then start this one");
  }
  return apply_migrations(writer, where, schema, &Schema::postgres);
}

class PostgresDriver final : public Driver {
 public:
  explicit PostgresDriver(const std::string& url) {
    place_.url = url;
  }

  Result<std::unique_ptr<Connection>> open_writer(const std::vector<Schema>& schema) override {
    for (const Schema& part : schema) place_.versions[std::string(part.part)] = part.postgres.back().version;
    auto writer = std::make_unique<PostgresConnection>(place_, PostgresConnection::Use::migrate);
    writer->execute("BEGIN");
    if (auto applied = bring_up(*writer, schema); !applied) {
      writer->execute("ROLLBACK");
      return Failure(applied.error());
    }
    writer->execute("COMMIT");
    writer->take_part();
    return writer;
  }

  Result<std::vector<PartVersion>> rehearse(const std::vector<Schema>& schema) override {
    PostgresConnection writer(place_, PostgresConnection::Use::migrate);
    writer.execute("BEGIN");
    if (number_of(writer, "SELECT (to_regclass('writer_turn') IS NULL)::int") != 0)
      return fail(Code::not_found, "there are no tables yet", "database", "The first start makes them");
    const auto versions = versions_of(writer, schema, &Schema::postgres);
    YL_CHECK(bring_up(writer, schema));
    writer.execute("ROLLBACK");
    return versions;
  }

  Result<void> back_up(const std::string&) override {
    return fail(Code::unsupported, "a PostgreSQL server is backed up by its own tools", "store.url",
                "pg_basebackup and the archived log, as docs/hospital-it.md says");
  }

  Result<void> make_anew(const std::string&, const std::vector<Schema>& schema,
                         const std::vector<std::string_view>& tables,
                         const std::function<Result<void>(const std::string& place)>& fill) override {
    YL_CHECK(empty(tables, schema));
    return fill(place_.url);
  }

  std::unique_ptr<Connection> open_reader() override {
    return std::make_unique<PostgresConnection>(place_, PostgresConnection::Use::read);
  }

  std::chrono::milliseconds looks_every() const override { return kUpkeepLook; }

  // The daemon that kept them may have gone; whether this one still does, each of its writes finds out for itself.
  bool keeps(Database& database) override {
    if (place_.keeper) return true;
    const auto now = std::chrono::steady_clock::now();
    if (now < next_look_) return false;
    next_look_ = now + kKeeperLook;
    bool kept = false;
    const auto written = database.write([&kept](Connection& writer) -> Result<void> {
      kept = static_cast<PostgresConnection&>(writer).keep();
      return {};
    });
    if (written && kept) place_.keeper = true;
    return written && kept;
  }

 private:
  // With all daemons stopped: what others see of these tables is not whole until they are filled.
  Result<void> empty(const std::vector<std::string_view>& tables, const std::vector<Schema>& schema) {
    PostgresConnection writer(place_, PostgresConnection::Use::migrate);
    writer.execute("BEGIN");
    if (number_of(writer, "SELECT (to_regclass('writer_turn') IS NULL)::int") != 0)
      return fail(Code::not_found, "there are no tables yet", "database", "The first start makes them");
    if (!is_up_to_date(writer, schema, &Schema::postgres))
      return fail(Code::bad_config, "it is not of this program's version", "database", "Start this program with it once, or take the other one");
    if (!alone(writer)) return fail(Code::conflict, "daemons are at it", "database", "Stop them all first");
    for (const std::string_view table : tables) writer.execute("TRUNCATE " + std::string(table));
    writer.execute("COMMIT");
    return {};
  }

  PostgresPlace place_;
  std::chrono::steady_clock::time_point next_look_{};  // the upkeep's thread's own
};

}  // namespace

bool is_postgres(std::string_view place) {
  return place.starts_with("postgresql://") || place.starts_with("postgres://");
}

Result<void> check_postgres(const std::string& url) {
  char* what = nullptr;
  PQconninfoOption* options = PQconninfoParse(url.c_str(), &what);
  if (options != nullptr) {
    PQconninfoFree(options);
    return {};
  }
  std::string said = what == nullptr ? "it cannot be read" : what;
  PQfreemem(what);
  // libpq quotes what it stumbles over.
  if (const std::size_t quote = said.find('"'); quote != std::string::npos) said.resize(quote);
  while (!said.empty() && (said.back() == '\n' || said.back() == ' ')) said.pop_back();
  return fail(Code::bad_value, "the URL of the store cannot be read: " + said, "store.url",
              "Write postgresql://USER@HOST:PORT/DATABASE, special characters as %XX");
}

std::unique_ptr<Driver> postgres_driver(const std::string& url) { return std::make_unique<PostgresDriver>(url); }

}  // namespace yilian::database
