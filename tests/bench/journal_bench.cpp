// The journal with many messages: what putting them in order costs, and how long a search takes. usage: journal_bench MESSAGES FILE
// FILE is made, or gone on with when it is there already.

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "engine/journal/journal.h"
#include "engine/journal/keeping.h"
#include "engine/journal/sheaf.h"
#include "lab_messages.h"

namespace {

using Clock = std::chrono::steady_clock;
using namespace yilian;

double since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

journal::PreparedPtr message(std::int64_t number) {
  journal::Entry entry;
  entry.received = 1'700'000'000'000'000 + number * 1'000'000;
  entry.hospital = "h" + std::to_string(number % 20);
  entry.feed = number % 3 == 0 ? "his" : "lis";
  entry.type = number % 3 == 0 ? "ADT" : "ORU";
  entry.event = "R01";
  entry.charset = "UTF-8";
  entry.control_id = "C" + std::to_string(number);
  entry.sender = "LIS|A";
  entry.patient = "Patient/" + std::to_string(number % 500'000);
  entry.raw = bench::report(number, static_cast<int>(number % 32));
  entry.answer = "MSH|^~\\&|Y|Y|LIS|A|20261129||ACK|1|P|2.5\rMSA|AA|C1\r";
  auto made = journal::prepare(std::move(entry));
  journal::finish(made);
  return made;
}

void time(database::Database& database, const char* name, const journal::Query& query) {
  std::vector<double> times;
  std::size_t found = 0;
  for (int i = 0; i < 3; ++i) {
    const auto begin = Clock::now();
    const auto all = database.read([&](database::Connection& reader) { return journal::find(reader, query); });
    times.push_back(since(begin));
    found = all ? all->size() : 0;
  }
  std::printf("%-52s %5zu found   first %7.1f ms   then %7.1f ms\n", name, found, times[0] * 1e3, times[2] * 1e3);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return std::fprintf(stderr, "usage: %s MESSAGES FILE\n", arguments[0]), 2;
  const std::int64_t wanted = std::atoll(arguments[1]);
  // Its upkeep is done here, where it can be timed.
  auto opened = database::Database::open(arguments[2], {{"journal", journal::schema().migrations}});
  if (!opened) return std::fprintf(stderr, "%s\n", opened.error().line().c_str()), 1;
  auto& database = **opened;
  std::int64_t there = database.read([](database::Connection& reader) { return journal::newest(reader); });
  auto begin = Clock::now();
  const std::int64_t first = there;
  while (there < wanted) {
    std::vector<journal::PreparedPtr> some;
    for (int i = 0; i < 2000 && there + static_cast<std::int64_t>(some.size()) < wanted; ++i) some.push_back(message(there + i + 1));
    const auto done = database.write([&](database::Connection& writer) -> Result<void> {
      for (const auto& each : some) journal::append(writer, each);
      return {};
    });
    if (!done) return std::fprintf(stderr, "%s\n", done.error().line().c_str()), 1;
    there += static_cast<std::int64_t>(some.size());
  }
  if (there > first) std::printf("%lld messages written, %.0f a second\n", static_cast<long long>(there - first), static_cast<double>(there - first) / since(begin));
  begin = Clock::now();
  const std::atomic<bool> closing{false};
  const std::int64_t before = database.read([](database::Connection& reader) { return journal::sheaves_made(reader); });
  while (journal::make_sheaf(database, closing)) {
  }
  const std::int64_t made = database.read([](database::Connection& reader) { return journal::sheaves_made(reader); }) - before;
  if (made > 0) std::printf("%lld sheaves made, %.0f us a message\n", static_cast<long long>(made), since(begin) / static_cast<double>(made * journal::kSheafMessages) * 1e6);
  const std::int64_t bytes = database.read([](database::Connection& reader) {
    auto row = reader.prepare("SELECT sum(length(entries)) FROM message_terms");
    return row.step() ? row.integer(0) : 0;
  });
  std::printf("%.0f bytes a message of what they are found by\n", static_cast<double>(bytes) / static_cast<double>(there));
  time(database, "two words that some have", {.content = "O17-17"});
  time(database, "a number that none has", {.content = "nosuchnumber"});
  time(database, "two words that many have, not together with a third", {.content = "glucose nosuchnumber"});
  time(database, "what nearly all have", {.content = "ORU"});
  time(database, "one feed of twenty hospitals, a page", {.hospital = "h7", .feed = "his"});
  time(database, "a feed that is not there", {.hospital = "nowhere", .feed = "his"});
  time(database, "a type that is not there", {.type = "SIU"});
  time(database, "a patient", {.patient = "Patient/77"});
  time(database, "a control id", {.control_id = "C4711"});
  time(database, "a moment long ago", {.to = 1'700'000'000'000'000 + 10'000'000'000});
  return 0;
}
