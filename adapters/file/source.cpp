#include "adapters/file/source.h"

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

#include "adapters/file/folder.h"
#include "adapters/file/watch.h"
#include "engine/base/log.h"
#include "engine/base/time.h"

namespace yilian::file {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kNoiseHead = 64u << 10;
constexpr std::string_view kDone = "done";
constexpr std::string_view kFailed = "failed";

// What became of a file, until it is moved.
struct Outcome {
  bool accepted;
  std::string error;
};

// What is known of a file that stands in the folder.
struct Seen {
  Stamp stamp;
  Clock::time_point since{};       // when it was first seen in this state
  bool finished = false;           // its writer has closed it
  std::optional<Outcome> outcome;  // taken; only the move is still to do
  bool told = false;               // the log has it
};

// Where `done` and the thread that waits for it meet; outlives both.
struct Meeting {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<sdk::Answer> answer;
  bool abandoned = false;
};

class Source final : public sdk::Source {
 public:
  explicit Source(SourceSettings settings) : settings_(std::move(settings)) {}
  ~Source() override { stop(milliseconds(0)); }

  Result<void> start(sdk::Intake& intake) override {
    YL_TRY(const auto folder, Folder::open(settings_.folder));
    YL_CHECK(folder.need(std::string(kDone)));
    YL_CHECK(folder.need(std::string(kFailed)));
    intake_ = &intake;
    stopping_ = abandon_ = finished_ = false;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);  // signals are the business of the program's main thread
    thread_ = std::thread([this] { run(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return {};
  }

  void stop(milliseconds deadline) override {
    if (!thread_.joinable()) return;
    {
      std::unique_lock lock(mutex_);
      stopping_ = true;
      watch_.wake();
      if (!ended_.wait_for(lock, deadline, [&] { return finished_; })) {
        abandon_ = true;
        if (meeting_) {
          const std::lock_guard meet(meeting_->mutex);
          meeting_->abandoned = true;
          meeting_->changed.notify_all();
        }
      }
    }
    thread_.join();
  }

  std::string address() const override { return settings_.folder; }

 private:
  void run() {
    while (!stopping()) {
      const auto pause = look();
      if (!stopping()) watch_.wait(pause, closed_);
    }
    const std::lock_guard lock(mutex_);
    finished_ = true;
    ended_.notify_all();
  }

  bool stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }

  // One look at the folder: takes what is complete, in order. Gives how long to wait until the next.
  milliseconds look() {
    auto folder = Folder::open(settings_.folder);
    if (!folder) return trouble(folder.error());
    // Before the listing, so that what is finished in between is seen by one of the two.
    if (!watch_.attach(settings_.folder, folder->inode()) && !unwatched_) {
      unwatched_ = true;
      log::warning("file", "no watch on the folder, looking now and then", {{"folder", settings_.folder}});
    }
    auto listing = folder->list(settings_.suffixes);
    if (!listing) return trouble(listing.error());
    trouble_.clear();
    for (const auto& name : listing->refused)
      if (refused_.insert(name).second)
        log::warning("file", "not a plain file, left alone", {{"folder", settings_.folder}});
    auto& files = listing->files;
    std::sort(files.begin(), files.end(), [&](const Found& a, const Found& b) {
      if (settings_.order == Order::time && a.stamp.changed != b.stamp.changed)
        return a.stamp.changed < b.stamp.changed;
      return a.name < b.name;
    });
    notice(files);
    for (const auto& found : files) {
      if (stopping()) return milliseconds(0);
      auto& seen = seen_[found.name];
      // Nothing overtakes a file that is still being written.
      if (const auto left = unsettled(seen); left > milliseconds(0) && !seen.outcome)
        return std::min(left, settings_.poll);
      if (!seen.outcome) take(*folder, found, seen);
      if (seen.outcome) put_away(*folder, found.name, seen);
      if (!seen.outcome && !seen.told) return std::min(settings_.settle, settings_.poll);  // it changed under our eyes
    }
    return settings_.poll;
  }

  milliseconds trouble(const Issue& issue) {
    if (trouble_ != issue.what) log::error("file", "cannot look into the folder", {{"what", issue.line()}});
    trouble_ = issue.what;
    return settings_.poll;
  }

  // Brings what is known up to what is there.
  void notice(const std::vector<Found>& files) {
    std::unordered_map<std::string, Seen> now;
    now.reserve(files.size());
    for (const auto& found : files) {
      auto& seen = now[found.name];
      const auto old = seen_.find(found.name);
      if (old != seen_.end() && old->second.stamp == found.stamp) {
        seen = std::move(old->second);
      } else {
        seen.stamp = found.stamp;
        seen.since = Clock::now();
      }
      if (closed_.contains(found.name)) seen.finished = true;
    }
    closed_.clear();
    seen_ = std::move(now);
  }

  // How long the file must still stay as it is. An empty file may just have been made by someone who is about to fill
  // it.
  milliseconds unsettled(const Seen& seen) const {
    if (seen.finished && seen.stamp.size > 0) return milliseconds(0);
    return std::chrono::ceil<milliseconds>(seen.since + settings_.settle - Clock::now());
  }

  void take(const Folder& folder, const Found& found, Seen& seen) {
    const auto size = static_cast<std::size_t>(found.stamp.size);
    const bool too_large = size > settings_.max_file;
    auto body = folder.read(found.name, found.stamp, too_large ? kNoiseHead : settings_.max_file);
    if (!body) {
      // Changed or gone while we looked: the next look sees it as it then is. What the system refuses for now is tried
      // again.
      if (body.error().code == Code::forbidden) {
        seen.outcome = {false, body.error().line()};
      } else if (body.error().code == Code::storage && !seen.told) {
        seen.told = true;
        log::error("file", "cannot read a file", {{"what", body.error().line()}});
      }
      return;
    }
    std::optional<sdk::Answer> answer;
    if (too_large || size == 0) {
      sdk::Noise noise{std::move(*body), size, found.name, too_large ? "file over the limit" : "empty file"};
      noise.code = too_large ? Code::too_large : Code::bad_structure;
      const auto why = too_large ? "the file has " + std::to_string(size) + " bytes, the limit is " +
                                       std::to_string(settings_.max_file) + " (setting max-file)"
                                 : std::string("the file is empty");
      answer = await([&](auto done) { intake_->noise(std::move(noise), std::move(done)); });
      if (answer) answer = sdk::Answer{false, {}, why};
    } else {
      answer = await([&](auto done) { intake_->take({std::move(*body), found.name}, std::move(done)); });
    }
    if (answer) seen.outcome = {answer->accepted, std::move(answer->error)};
  }

  // Nothing when the source was stopped before the answer came: the file stays and is taken again at the next start.
  template <class Call>
  std::optional<sdk::Answer> await(Call call) {
    auto meeting = std::make_shared<Meeting>();
    {
      const std::lock_guard lock(mutex_);
      if (abandon_) return std::nullopt;
      meeting_ = meeting;
    }
    call([meeting](sdk::Answer answer) {
      const std::lock_guard lock(meeting->mutex);
      meeting->answer = std::move(answer);
      meeting->changed.notify_all();
    });
    std::unique_lock lock(meeting->mutex);
    meeting->changed.wait(lock, [&] { return meeting->answer || meeting->abandoned; });
    return std::move(meeting->answer);
  }

  void put_away(const Folder& folder, const std::string& name, Seen& seen) {
    const std::string sub(seen.outcome->accepted ? kDone : kFailed);
    const auto moved = folder.move(name, sub);
    if (!moved) {
      // It was taken; taking it again would do no harm but also no good. The move is tried again at each look.
      if (!seen.told && moved.error().code != Code::not_found)
        log::error("file", "cannot move a file", {{"what", moved.error().line()}});
      seen.told = true;
      return;
    }
    if (seen.outcome->accepted) return;
    auto failed = Folder::open(settings_.folder + "/" + sub);
    const auto text = name + ": " + (seen.outcome->error.empty() ? "refused" : seen.outcome->error) + "\n" + "at " +
                      fhir_instant(now()) + "\n";
    const auto written = failed ? failed->write(*moved + ".error", text) : Result<bool>(Failure(failed.error()));
    if (!written) log::error("file", "cannot write an .error file", {{"what", written.error().line()}});
  }

  const SourceSettings settings_;
  sdk::Intake* intake_ = nullptr;
  Watch watch_;
  std::thread thread_;

  mutable std::mutex mutex_;
  std::condition_variable ended_;
  bool stopping_ = false, abandon_ = false, finished_ = false;
  std::shared_ptr<Meeting> meeting_;

  // Of the thread alone.
  std::unordered_map<std::string, Seen> seen_;
  std::unordered_set<std::string> closed_;   // names the watch has told
  std::unordered_set<std::string> refused_;  // told in the log
  std::string trouble_;
  bool unwatched_ = false;
};

}  // namespace

std::unique_ptr<sdk::Source> make_source(SourceSettings settings) {
  return std::make_unique<Source>(std::move(settings));
}

}  // namespace yilian::file
