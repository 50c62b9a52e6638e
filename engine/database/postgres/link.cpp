#include "engine/database/postgres/link.h"

#include <arpa/inet.h>
#include <endian.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <cstring>

namespace yilian::database {
namespace {

std::uint64_t next_number() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

// libpq's texts end in a line break and may have several lines.
std::string one_line(const char* text) {
  std::string out;
  for (const char* at = text == nullptr ? "" : text; *at != '\0'; ++at) out += *at == '\n' ? ' ' : *at;
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

// PostgreSQL's manual, appendix A: classes of SQLSTATE.
Trouble trouble_of(std::string_view state) {
  if (state == "53100") return Trouble::full;
  if (state == "58030") return Trouble::io;
  if (state.starts_with("XX0") && state != "XX000") return Trouble::damaged;
  // Connection exceptions, shutdowns, timeouts of a session, and what a server says while it starts.
  if (state.starts_with("08") || state.starts_with("57P") || state == "25P03") return Trouble::away;
  // Too many connections, no memory; locks; cancelled.
  if (state.starts_with("53") || state == "55P03" || state.starts_with("40") || state == "57014") return Trouble::busy;
  return Trouble::other;
}

}  // namespace

Values::Item& Values::item(int index) {
  if (items_.size() < static_cast<std::size_t>(index)) items_.resize(static_cast<std::size_t>(index));
  return items_[static_cast<std::size_t>(index) - 1];
}

void Values::set(int index, std::int64_t value) {
  item(index) = {Kind::integer, htobe64(static_cast<std::uint64_t>(value)), {}};
}
void Values::set(int index, std::string_view bytes) { item(index) = {Kind::bytes, 0, bytes}; }
void Values::set_null(int index) { item(index) = {}; }

std::int64_t Values::integer(int index) const { return static_cast<std::int64_t>(be64toh(at(index).network)); }

Link::Link(const std::string& url) : number_(next_number()) {
  // What the URL says goes before these: a line that fell silent is noticed within half a minute.
  const char* const names[] = {"connect_timeout",    "keepalives_idle", "keepalives_interval",
                               "keepalives_count",   "tcp_user_timeout", "application_name",
                               "dbname",             "client_encoding", nullptr};
  const char* const values[] = {"5", "10", "5", "3", "20000", "yilian", url.c_str(), "UTF8", nullptr};
  connection_ = PQconnectdbParams(names, values, 1);
  if (PQstatus(connection_) != CONNECTION_OK) {
    const std::string what = one_line(PQerrorMessage(connection_));
    PQfinish(connection_);
    throw StorageError(Trouble::away, what.empty() ? "the server cannot be reached" : what);
  }
  // What the server remarks (a table that is there already) is of no use to anybody.
  PQsetNoticeProcessor(connection_, [](void*, const char*) {}, nullptr);
  PQsetnonblocking(connection_, 1);
  PQenterPipelineMode(connection_);
}

Link::~Link() { PQfinish(connection_); }

bool Link::broken() {
  // A server that goes says why and then hangs up: what it says has to be read before the end is seen.
  while (PQstatus(connection_) == CONNECTION_OK) {
    char next;
    const auto there = ::recv(PQsocket(connection_), &next, 1, MSG_PEEK | MSG_DONTWAIT);
    if (there < 0) return errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR;
    if (there == 0 || PQconsumeInput(connection_) == 0) return true;
  }
  return true;
}

void Link::lost() {
  expected_.clear();
  throw StorageError(Trouble::away, "the line to the server broke: " + one_line(PQerrorMessage(connection_)));
}

void Link::send_values(const char* name, const char* sql, const Values& values, ResultPtr* into) {
  data_.clear();
  lengths_.clear();
  for (const Values::Item& item : values.items_) {
    switch (item.kind) {
      case Values::Kind::null:
        data_.push_back(nullptr);
        lengths_.push_back(0);
        break;
      case Values::Kind::integer:
        data_.push_back(reinterpret_cast<const char*>(&item.network));
        lengths_.push_back(8);
        break;
      case Values::Kind::bytes:
        // An empty view may carry a null pointer, which libpq would take for NULL.
        data_.push_back(item.bytes.data() != nullptr ? item.bytes.data() : "");
        lengths_.push_back(static_cast<int>(item.bytes.size()));
        break;
    }
  }
  formats_.assign(data_.size(), 1);
  const int count = values.size();
  const int sent = sql != nullptr ? PQsendQueryParams(connection_, sql, count, nullptr, data_.data(), lengths_.data(),
                                                      formats_.data(), 1)
                                  : PQsendQueryPrepared(connection_, name, count, data_.data(), lengths_.data(),
                                                        formats_.data(), 1);
  if (sent == 0) lost();
  expected_.push_back({Expected::Kind::command, nullptr, {}, true, into});
}

void Link::queue(std::string_view sql, const Values& values, ResultPtr* into) {
  send_values(nullptr, std::string(sql).c_str(), values, into);
}

void Link::queue(ServerStatement& statement, const Values& values, ResultPtr* into) {
  if (statement.line != number_ || statement.name.empty()) {
    // A name of its own at each try: of one that failed with others before it, it is not known whether it is there.
    std::string name = "s" + std::to_string(++names_);
    if (PQsendPrepare(connection_, name.c_str(), statement.sql.c_str(), 0, nullptr) == 0) lost();
    expected_.push_back({Expected::Kind::prepare, &statement, name, true, nullptr});
    send_values(name.c_str(), nullptr, values, into);
    return;
  }
  send_values(statement.name.c_str(), nullptr, values, into);
}

void Link::sync(bool wanted) {
  if (PQpipelineSync(connection_) == 0) lost();
  expected_.push_back({Expected::Kind::sync, nullptr, {}, wanted, nullptr});
}

void Link::send() {
  sync(false);
  if (PQflush(connection_) < 0) lost();
}

std::unique_ptr<StorageError> Link::refused(const PGresult* result) const {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  std::string what = one_line(PQresultErrorMessage(result));
  // A server that goes says so as the answer to whatever was under way, and without a state when the line just broke.
  const Trouble trouble = state == nullptr ? Trouble::away : trouble_of(state);
  return std::make_unique<StorageError>(trouble, what.empty() ? "the line to the server broke" : what);
}

// The answer to the command that is expected next; nothing of one that was skipped or failed.
ResultPtr Link::next(std::unique_ptr<StorageError>& failure) {
  ResultPtr kept;
  const Expected expected = std::move(expected_.front());
  expected_.pop_front();
  while (PGresult* raw = PQgetResult(connection_)) {
    ResultPtr result(raw);
    const ExecStatusType status = PQresultStatus(raw);
    if (status == PGRES_PIPELINE_SYNC) return kept;  // no null follows it
    if (status == PGRES_PIPELINE_ABORTED) continue;
    if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
      if (failure == nullptr) failure = refused(raw);
      continue;
    }
    if (expected.kind == Expected::Kind::prepare) {
      expected.statement->name = expected.name;
      expected.statement->line = number_;
    }
    kept = std::move(result);
  }
  return kept;
}

ResultPtr Link::run() {
  sync(true);
  ResultPtr last;
  std::unique_ptr<StorageError> failure;
  while (!expected_.empty()) {
    const Expected::Kind kind = expected_.front().kind;
    ResultPtr* const into = expected_.front().into;
    const bool of_send = kind == Expected::Kind::sync && !expected_.front().wanted;
    ResultPtr result = next(failure);
    if (PQstatus(connection_) != CONNECTION_OK) {
      expected_.clear();
      throw StorageError(Trouble::away, failure != nullptr ? failure->what() : "the line to the server broke");
    }
    if (of_send) {  // what was sent before this is over
      failure.reset();
      last.reset();
    } else if (kind == Expected::Kind::command && into != nullptr) {
      *into = std::move(result);
    } else if (kind == Expected::Kind::command) {
      last = std::move(result);
    }
  }
  if (failure != nullptr) throw StorageError(*failure);
  return last;
}

void Link::execute(const std::string& sql) {
  if (!expected_.empty()) run();
  if (PQexitPipelineMode(connection_) == 0) lost();
  const ResultPtr result(PQexec(connection_, sql.c_str()));
  const ExecStatusType status = PQresultStatus(result.get());
  std::unique_ptr<StorageError> failure;
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
    failure = refused(result.get());
  if (PQstatus(connection_) != CONNECTION_OK) lost();
  if (PQenterPipelineMode(connection_) == 0) lost();
  if (failure != nullptr) throw StorageError(*failure);
}

bool Link::in_transaction() const {
  const PGTransactionStatusType status = PQtransactionStatus(connection_);
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

std::int64_t integer_at(const PGresult* result, int row, int column) {
  const char* at = PQgetvalue(result, row, column);
  switch (PQgetlength(result, row, column)) {
    case 8: {
      std::uint64_t value;
      std::memcpy(&value, at, 8);
      return static_cast<std::int64_t>(be64toh(value));
    }
    case 4: {
      std::uint32_t value;
      std::memcpy(&value, at, 4);
      return static_cast<std::int32_t>(ntohl(value));
    }
    case 1:
      return static_cast<unsigned char>(*at);
    default:
      return 0;
  }
}

std::string_view bytes_at(const PGresult* result, int row, int column) {
  return {PQgetvalue(result, row, column), static_cast<std::size_t>(PQgetlength(result, row, column))};
}

}  // namespace yilian::database
