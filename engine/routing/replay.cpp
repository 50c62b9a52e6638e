#include "engine/routing/replay.h"

#include <algorithm>
#include <future>

#include "engine/base/log.h"
#include "engine/routing/keep.h"

namespace yilian::routing {
namespace {

constexpr std::size_t kJobsRemembered = 100;

// As a message is written: each segment ended by CR, in the charset that it had.
Result<std::string> bytes_of(const std::string& text, const std::string& charset) {
  std::string segments;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find_first_of("\r\n", begin), text.size());
    if (end > begin) segments.append(text, begin, end - begin).push_back('\r');
    begin = end + 1;
  }
  return text::from_utf8(segments, text::charset_named(charset).value_or(text::Charset::utf8));
}

}  // namespace

Result<Replay::Again> Replay::once_more(const Directory& directory, std::int64_t number, const std::optional<std::string>& text) {
  std::int64_t first = number;  // of a replay the message that it is one of
  YL_TRY(const auto entry, database_.read([&](database::Connection& reader) {
    if (const std::int64_t of = journal::copies(reader, number).of; of != 0) first = of;
    return journal::read(reader, number);
  }));
  const std::string where = "message " + std::to_string(number);
  if (entry.feed.empty()) return fail(Code::conflict, "no feed took it, so there is no way that it could go again", where, "Add its sender to a hospital's file and let it send again");
  const Inlet inlet = directory.inlet(entry.hospital, entry.feed);
  if (inlet.feed == nullptr) return fail(Code::not_found, "its feed " + entry.hospital + "/" + entry.feed + " is no longer configured", where, "Put the feed back into the hospital's file");
  std::string raw = entry.raw;
  if (text) {
    YL_TRY(raw, bytes_of(*text, entry.charset));
  }
  const Instant at = now();
  const Processed processed = process(inlet, {raw, "replay of " + std::to_string(number), at});
  const Dispatcher::Ways ways = dispatcher_.ways(processed.addressed, processed.patient_key, processed.feed_key);
  Again again;
  again.error = processed.error;
  const auto task = [&](database::Connection& writer) -> Result<void> {
    YL_TRY(again.number, keep(writer, inlet, processed, ways, at, first));
    if (processed.error.empty()) journal::replace(writer, first);
    return {};
  };
  // Destinations are told on the writer's thread, in the order of the commits.
  std::promise<Result<void>> committed;
  const auto done = [&](Result<void> result) {
    if (result) dispatcher_.committed(again.number, ways, raw);
    committed.set_value(std::move(result));
  };
  YL_CHECK(database_.submit(task, done, raw.size() * 4));
  YL_CHECK(committed.get_future().get());
  for (const journal::Target& target : ways) again.destinations.push_back(dispatcher_.name_of(target.destination));
  return again;
}

Result<Replay::Job> Replay::begin(std::function<std::shared_ptr<const Directory>()> directory, const journal::Query& query) {
  std::vector<std::int64_t> numbers;
  for (journal::Query page = query;;) {
    page.count = 1000;
    YL_TRY(const auto found, database_.read([&](database::Connection& reader) -> Result<std::vector<journal::Entry>> { return journal::find(reader, page); }));
    // Replays are left out: the messages that they are of go again.
    YL_CHECK(database_.read([&](database::Connection& reader) -> Result<void> {
      for (const journal::Entry& entry : found) {
        if (!entry.feed.empty() && journal::copies(reader, entry.number).of == 0) numbers.push_back(entry.number);
      }
      return {};
    }));
    if (numbers.size() > kMostAtOnce) return fail(Code::too_large, "more than " + std::to_string(kMostAtOnce) + " messages fit", "replay", "Ask for fewer at a time");
    if (found.size() < page.count) break;
    page.before = found.back().number;
  }
  if (numbers.empty()) return fail(Code::not_found, "there is no message to be replayed", "replay", "`yilian messages` with the same conditions shows what there is");
  std::reverse(numbers.begin(), numbers.end());
  const std::lock_guard lock(mutex_);
  if (stopping_) return fail(Code::busy, "the daemon is stopping", "replay");
  if (working_) return fail(Code::busy, "another replay is running", "replay", "Wait for it, or cancel it");
  if (thread_.joinable()) thread_.join();  // it has done its last
  working_ = true;
  Job job;
  job.id = jobs_.empty() ? 1 : jobs_.rbegin()->first + 1;
  job.wanted = static_cast<std::int64_t>(numbers.size());
  job.begun = now();
  jobs_[job.id] = job;
  if (jobs_.size() > kJobsRemembered) jobs_.erase(jobs_.begin());
  thread_ = std::thread([this, id = job.id, numbers = std::move(numbers), directory = std::move(directory)] { work(id, numbers, directory); });
  return job;
}

void Replay::work(std::int64_t id, const std::vector<std::int64_t>& numbers, const std::function<std::shared_ptr<const Directory>()>& directory) {
  bool more = true;
  for (auto number = numbers.begin(); more && number != numbers.end(); ++number) {
    const auto again = once_more(*directory(), *number);
    if (!again) log::warning("routing", "a message could not be replayed", {{"message", *number}, {"what", again.error().line()}});
    const std::lock_guard lock(mutex_);
    Job& job = jobs_.at(id);
    ++job.done;
    if (!again || !again->error.empty()) ++job.failed;
    if (!again && (again.error().code == Code::busy || again.error().code == Code::storage)) {
      job.state = Job::State::broken_off;
      job.error = again.error().line();
    }
    if (stopping_) job.state = Job::State::cancelled;
    more = job.state == Job::State::running;
  }
  const std::lock_guard lock(mutex_);
  if (more) jobs_.at(id).state = Job::State::done;
  working_ = false;
}

std::vector<Replay::Job> Replay::jobs() const {
  const std::lock_guard lock(mutex_);
  std::vector<Job> out;
  for (auto each = jobs_.rbegin(); each != jobs_.rend(); ++each) out.push_back(each->second);
  return out;
}

Result<void> Replay::cancel(std::int64_t id) {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return fail(Code::not_found, "there is no replay " + std::to_string(id), "replay");
  if (found->second.state == Job::State::running) found->second.state = Job::State::cancelled;
  return {};
}

void Replay::stop() {
  stopping_ = true;
  std::thread thread;
  {
    const std::lock_guard lock(mutex_);
    thread.swap(thread_);
  }
  if (thread.joinable()) thread.join();
}

}  // namespace yilian::routing
