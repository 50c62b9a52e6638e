// What making ready costs on the threads that map: the 17 resources of a laboratory result with ten values, on trees as
// the mapping leaves them, and the journal's entry. Processor time of one thread; the trees are read before, untimed.
//
// prepare_bench [messages]

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <deque>
#include <limits>
#include <stdexcept>

#include "engine/journal/journal.h"
#include "engine/records/store.h"
#include "lab_messages.h"
#include "laboratory.h"

namespace {

using namespace yilian;

double cpu_microseconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

// So many messages at a time: their trees stay near the processor, as those of a lane do.
constexpr int kGroup = 8;

struct Trees {
  fhir::Arena arena;
  std::vector<fhir::Json*> resources;
};

void read(int number, Trees& into) {
  for (const std::string& json : bench::resources_of(number, bench::patient_of(number))) {
    auto read = fhir::read_json(json, into.arena);
    if (!read) throw std::logic_error(read.error().line());
    into.resources.push_back(*read);
  }
}

double prepare(std::deque<Trees>& group) {
  const double start = cpu_microseconds();
  for (Trees& trees : group) {
    std::vector<records::PreparedPtr> made;
    made.reserve(trees.resources.size());
    records::Preparation preparation;
    for (fhir::Json* resource : trees.resources) {
      auto prepared = preparation.add(*resource, "urn:yilian:first:lis", trees.arena);
      if (!prepared) throw std::logic_error(prepared.error().line());
      made.push_back(std::move(*prepared));
    }
    for (const auto& pack : preparation.pack()) pack->get();
  }
  return cpu_microseconds() - start;
}

double prepare_entries(int from, int to) {
  std::vector<journal::Entry> entries;
  for (int number = from; number < to; ++number) {
    journal::Entry entry;
    entry.hospital = "first";
    entry.feed = "lis";
    entry.control_id = std::to_string(number);
    entry.sender = "LIS|FIRST";
    entry.raw = bench::report(number);
    entries.push_back(std::move(entry));
  }
  const double start = cpu_microseconds();
  for (journal::Entry& entry : entries) journal::finish(journal::prepare(std::move(entry)));
  return cpu_microseconds() - start;
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::stoi(argv[1]) : 8000;
  // Of several rounds the quickest: what else runs on the machine only ever adds.
  constexpr int kRounds = 20;
  const int round = std::max(kGroup, count / kRounds);
  double resources = std::numeric_limits<double>::max(), entries = resources;
  for (int from = 0; from + round <= count; from += round) {
    double used = 0, entry = 0;
    for (int number = from; number < from + round; number += kGroup) {
      std::deque<Trees> group;
      for (int i = 0; i < kGroup; ++i) read(number + i, group.emplace_back());
      used += prepare(group);
      entry += prepare_entries(number, number + kGroup);
    }
    const int messages = (round + kGroup - 1) / kGroup * kGroup;
    resources = std::min(resources, used / messages);
    entries = std::min(entries, entry / messages);
  }
  std::printf("records::Preparation: %.1f us of processor time a message of %zu resources\n", resources, bench::kResources);
  std::printf("journal::prepare: %.1f us\n", entries);
  return 0;
}
