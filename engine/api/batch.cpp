#include "engine/api/bundle.h"
#include "engine/api/bundle_entry.h"
#include "engine/api/outcome.h"
#include "engine/api/transaction.h"

namespace yilian::api {
namespace {

bool only_reads(const Interaction& interaction) { return interaction.verb == Verb::read || interaction.verb == Verb::search; }

class Batch {
 public:
  Batch(const records::Scope& scope, const Preferences& preferences, const std::string& base, const ValidationSettings* validation)
      : scope_(scope), preferences_(preferences), base_(base), validation_(validation) {}

  void add(fhir::Json& json, std::size_t position, fhir::Arena& arena) {
    responses_.emplace_back();
    if (is_special(json)) return special_.emplace_back(position, &json), void();
    auto entry = read_entry(json, position, arena);
    if (!entry) return refuse(position, entry.error());
    entry->interaction.validation = validation_;
    if (auto ready = make_ready(entry->interaction); !ready) return refuse(position, ready.error());
    (only_reads(entry->interaction) ? reads_ : writes_).push_back(std::move(*entry));
  }

  // What an entry is refused for was said before it wrote anything, so the others of the task stand.
  Result<void> write(database::Connection& writer) {
    const Instant at = now();
    for (const Entry& entry : writes_) YL_CHECK(run(writer, entry, at));
    return {};
  }
  Result<void> read(database::Connection& reader) {
    for (const Entry& entry : reads_) YL_CHECK(run(reader, entry, 0));
    return {};
  }
  void rest(const Alone& alone) {
    for (const auto& [position, json] : special_) {
      const net::Response answer = alone(*json);
      std::string etag;
      for (const auto& [name, value] : answer.headers) {
        if (name == "ETag") etag = value;
      }
      const bool refused = answer.status >= 400;
      responses_[position] = response_entry(answer.status, "", etag, "", refused ? "" : answer.body, refused ? answer.body : "");
    }
  }
  bool writes() const { return !writes_.empty(); }
  bool reads() const { return !reads_.empty(); }
  std::string answer() const { return response_bundle("batch-response", responses_); }

 private:
  void refuse(std::size_t position, const Issue& issue) { responses_[position] = entry_of(at_entry(position, issue)); }
  Result<void> run(database::Connection& connection, const Entry& entry, Instant at) {
    const auto done = find_and_perform(connection, scope_, entry.interaction, at, base_);
    if (done) {
      responses_[entry.position] = entry_of(*done, preferences_, representation_of(connection, scope_, *done, preferences_));
    } else if (facts(done.error().code).http >= 500) {
      return Failure(done.error());
    } else {
      refuse(entry.position, done.error());
    }
    return {};
  }

  const records::Scope& scope_;
  const Preferences& preferences_;
  const std::string& base_;
  const ValidationSettings* validation_;
  std::vector<Entry> writes_, reads_;
  std::vector<std::pair<std::size_t, const fhir::Json*>> special_;
  std::vector<std::string> responses_;
};

}  // namespace

Result<std::string> run_batch(database::Database& database, const records::Scope& scope, fhir::Json& bundle,
                              const Preferences& preferences, const std::string& base, fhir::Arena& arena, const ValidationSettings* validation,
                              const Alone& alone) {
  YL_TRY(const auto entries, entries_of(bundle));
  Batch batch(scope, preferences, base, validation);
  for (std::size_t i = 0; i < entries.size(); ++i) batch.add(entries[i], i, arena);
  if (batch.writes()) YL_CHECK(database.write([&](database::Connection& writer) { return batch.write(writer); }));
  if (batch.reads()) YL_CHECK(database.read([&](database::Connection& reader) { return batch.read(reader); }));
  batch.rest(alone);
  return batch.answer();
}

}  // namespace yilian::api
