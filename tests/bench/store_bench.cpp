// What the store costs: transactions of the shape that a laboratory result with ten values makes (12 new resources, 5
// known ones, one journal entry), alone and in groups, beside what the disk can do at best (append and fdatasync of as
// many bytes).
//
// store_bench [messages] [folder]

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <thread>

#include "engine/journal/journal.h"
#include "engine/records/stored.h"
#include "lab_messages.h"
#include "laboratory.h"

namespace {

using namespace yilian;
using Clock = std::chrono::steady_clock;

double seconds(Clock::time_point since) { return std::chrono::duration<double>(Clock::now() - since).count(); }

double cpu_seconds() {
  rusage use{};
  ::getrusage(RUSAGE_SELF, &use);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return of(use.ru_utime) + of(use.ru_stime);
}

// The processor time of the one thread that everything waits for.
double writer_seconds(database::Database& database) {
  timespec time{};
  const auto asked = database.write([&](database::Connection&) -> Result<void> {
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return {};
  });
  return asked ? static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9 : 0;
}

struct Message {
  journal::PreparedPtr entry;
  std::vector<records::PreparedPtr> resources;
  Instant time;
};

records::PreparedPtr ready(const std::string& json, records::Preparation& preparation) {
  fhir::Arena arena;
  auto read = fhir::read_json(json, arena);
  if (!read) throw std::logic_error(read.error().line());
  auto prepared = preparation.add(**read, "urn:yilian:first:lis", arena);
  if (!prepared) throw std::logic_error(prepared.error().line());
  return *prepared;
}

Message make_message(int number) {
  Message message;
  message.time = 1'790'000'000'000'000 + number * 1'000'000LL;
  journal::Entry entry;
  entry.received = message.time;
  entry.hospital = "first";
  entry.feed = "lis";
  entry.peer = "127.0.0.1:40000";
  entry.type = "ORU";
  entry.event = "R01";
  entry.structure = "ORU_R01";
  entry.control_id = std::to_string(number);
  entry.sender = "LIS|FIRST";
  entry.charset = "UTF-8";
  entry.raw = bench::report(number);
  entry.answer = "MSH|^~\\&|YILIAN||LIS|FIRST|20261124||ACK^R01^ACK|1|P|2.5.1\rMSA|AA|" + entry.control_id + "\r";
  message.entry = journal::prepare(std::move(entry));
  records::Preparation preparation;
  for (const std::string& json : bench::resources_of(number, bench::patient_of(number)))
    message.resources.push_back(ready(json, preparation));
  for (const auto& pack : preparation.pack()) pack->get();
  journal::finish(message.entry);
  return message;
}

Result<void> store(database::Connection& writer, const Message& message) {
  if (journal::find_duplicate(writer, message.entry)) return {};
  const std::int64_t number = journal::next_number(writer);
  for (const auto& resource : message.resources) {
    YL_TRY([[maybe_unused]] const records::Outcome outcome,
           records::contribute(writer, {resource, {}, message.time, 2, number}, message.time));
  }
  journal::append(writer, message.entry);
  return {};
}

struct Figures {
  double tx = 0, p50 = 0, p99 = 0, writer_us = 0;
  std::uint64_t commits = 0;
};

// Keeps `width` transactions under way, as so many connections would.
Figures run(database::Database& database, const std::vector<Message>& messages, std::size_t from, std::size_t count,
            std::size_t width) {
  std::mutex mutex;
  std::condition_variable wake;
  std::size_t under_way = 0;
  std::vector<double> latencies(count);
  const auto before = database.counters();
  const double writer_before = writer_seconds(database);
  const auto start = Clock::now();
  for (std::size_t i = 0; i < count; ++i) {
    {
      std::unique_lock lock(mutex);
      wake.wait(lock, [&] { return under_way < width; });
      ++under_way;
    }
    const auto submitted = Clock::now();
    auto accepted = database.submit(
        [&messages, at = from + i](database::Connection& writer) { return store(writer, messages[at]); },
        [&, i, submitted](const Result<void>& result) {
          if (!result) std::fprintf(stderr, "%s\n", result.error().line().c_str());
          latencies[i] = seconds(submitted) * 1e3;
          const std::lock_guard lock(mutex);
          --under_way;
          wake.notify_one();
        });
    if (!accepted) throw std::runtime_error(accepted.error().line());
  }
  {
    std::unique_lock lock(mutex);
    wake.wait(lock, [&] { return under_way == 0; });
  }
  Figures out;
  const double took = seconds(start);
  out.tx = static_cast<double>(count) / took;
  out.commits = database.counters().commits - before.commits - 1;
  out.writer_us = (writer_seconds(database) - writer_before) / static_cast<double>(count) * 1e6;
  std::sort(latencies.begin(), latencies.end());
  out.p50 = latencies[count / 2];
  out.p99 = latencies[count * 99 / 100];
  return out;
}

// Appending so many bytes and making them durable, and nothing else.
double append_loop(const std::string& path, std::size_t bytes, int rounds) {
  const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  const std::string block(bytes, 'x');
  const auto start = Clock::now();
  for (int i = 0; i < rounds; ++i) {
    if (::write(file, block.data(), block.size()) < 0 || ::fdatasync(file) != 0) std::perror("append");
  }
  const double took = seconds(start);
  ::close(file);
  std::filesystem::remove(path);
  return rounds / took;
}

std::int64_t number_of(database::Database& database, std::string_view sql) {
  return database.read([&](database::Connection& reader) {
    auto row = reader.prepare(sql);
    return row.step() ? row.integer(0) : 0;
  });
}

void time_reads(database::Database& database, const records::Scope& scope, const char* what, const std::string& id) {
  const int rounds = 20'000;
  const auto start = Clock::now();
  database.read([&](database::Connection& reader) {
    for (int i = 0; i < rounds; ++i) {
      if (auto read = records::read(reader, scope, "Patient", id); !read) throw std::runtime_error(read.error().line());
    }
    return 0;
  });
  std::printf("read %-48s %8.2f us\n", what, seconds(start) / rounds * 1e6);
}

void time_search(database::Database& database, const records::Scope& scope, const char* what, const char* type,
                 const records::Parameters& parameters) {
  const int rounds = 50;
  std::size_t found = 0;
  const auto start = Clock::now();
  for (int i = 0; i < rounds; ++i) {
    auto page =
        database.read([&](database::Connection& reader) { return records::search(reader, scope, type, parameters); });
    if (!page) throw std::runtime_error(page.error().line());
    found = static_cast<std::size_t>(page->total.value_or(0));
  }
  std::printf("search %-46s %8.3f ms, %zu found\n", what, seconds(start) / rounds * 1e3, found);
}

}  // namespace

int main(int argc, char** argv) {
  const auto count = static_cast<std::size_t>(argc > 1 ? std::stoul(argv[1]) : 4000);
  std::string folder = argc > 2 ? argv[2] : (std::filesystem::temp_directory_path() / "yilian-bench-XXXXXX").string();
  if (argc <= 2 && ::mkdtemp(folder.data()) == nullptr) return 1;
  const std::string path = folder + "/store.db";
  const auto prepare_start = Clock::now();
  const double prepare_cpu = cpu_seconds();
  std::vector<Message> messages;
  for (std::size_t i = 0; i < count; ++i) messages.push_back(make_message(static_cast<int>(i)));
  std::printf("prepare: %.0f us a message of 17 resources (cpu %.0f us)\n",
              seconds(prepare_start) / static_cast<double>(count) * 1e6,
              (cpu_seconds() - prepare_cpu) / static_cast<double>(count) * 1e6);
  {
    auto opened = database::Database::open(path, {journal::schema(), records::schema()});
    if (!opened) {
      std::fprintf(stderr, "%s\n", opened.error().line().c_str());
      return 1;
    }
    database::Database& database = **opened;
    std::size_t at = 0;
    const std::size_t part = count / 4;
    for (const std::size_t width : {1U, 1U, 32U, 32U}) {
      const Figures figures = run(database, messages, at, part, width);
      at += part;
      std::printf(
          "%2zu under way: %6.0f tx/s, %7.0f resources/s, p50 %.2f ms, p99 %.2f ms, %.1f tx a commit, writer's cpu "
          "%.0f us a tx\n",
          width, figures.tx, figures.tx * 17, figures.p50, figures.p99,
          static_cast<double>(part) / static_cast<double>(figures.commits), figures.writer_us);
    }
    std::printf("index: %lld commits wait, %lld runs, %lld pieces of 4 KiB for %lld resources; ",
                static_cast<long long>(number_of(database, "SELECT count(*) FROM index_change")),
                static_cast<long long>(number_of(database, "SELECT count(*) FROM index_run")),
                static_cast<long long>(number_of(database, "SELECT count(*) FROM index_piece")),
                static_cast<long long>(database.read([](database::Connection& reader) { return records::last_rid(reader); })));
    std::printf("bodies %lld B a message\n",
                static_cast<long long>(number_of(database, "SELECT avg(length(packed)) FROM body")));
    const std::string patient = bench::id_of("patient7");
    const auto all = records::Scope::all();
    time_search(database, all, "Observation of a patient, newest first", "Observation",
                {{"patient", patient}, {"_sort", "-date"}, {"_count", "20"}});
    time_search(database, all, "Observation of a patient by code", "Observation",
                {{"patient", patient}, {"code", "http://loinc.org|2160-0"}});
    time_search(database, all, "Observation?status=final, one page", "Observation", {{"status", "final"}, {"_count", "20"}});
    time_search(database, all, "Patient by pinyin", "Patient", {{"name", "zhangs"}, {"_count", "20"}});
    time_search(database, all, "Patient by identifier", "Patient", {{"identifier", "ZY100007"}});
    time_reads(database, all, "of a Patient", patient);
    const auto one = records::Scope::of({.patients = {{patient}}, .withheld = {{"", "R"}}}).value();
    time_search(database, one, "the same of a patient's scope, one page", "Observation",
                {{"status", "final"}, {"_count", "20"}});
    time_reads(database, one, "of a Patient in his scope", patient);
    const auto nowhere = records::Scope::of({.facilities = {{"first"}}, .without_facility = true}).value();
    time_search(database, nowhere, "the same of what no other hospital brought", "Observation",
                {{"status", "final"}, {"_count", "20"}});
    database.close();
  }
  std::printf("database: %.0f bytes a message\n",
              static_cast<double>(std::filesystem::file_size(path)) / static_cast<double>(count));
  for (const std::size_t bytes : {4096U, 100'000U})
    std::printf("append + fdatasync of %6zu B: %.0f/s\n", bytes, append_loop(folder + "/append", bytes, 300));
  if (argc <= 2) std::filesystem::remove_all(folder);
  return 0;
}
