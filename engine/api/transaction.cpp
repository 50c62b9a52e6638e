#include "engine/api/transaction.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "engine/api/bundle.h"
#include "engine/api/references.h"

namespace yilian::api {
namespace {

using fhir::Json;

bool changes(Verb verb) { return verb != Verb::read && verb != Verb::search; }

// A transaction as it was sent. What is done to it within the writer's task (which may be run again) is Run's.
struct Transaction {
  std::vector<Entry> entries;
  std::vector<std::vector<std::string>> waits_for;  // the conditional references of each
  bool depends = false;     // something in it depends on what the database holds
};

// The names under which entries are referred to, as far as they are known.
void name_entry(NewNames& names, const Entry& entry, const std::string& id) {
  if (!entry.full_url.empty() && changes(entry.interaction.verb)) names[entry.full_url] = entry.interaction.type + "/" + id;
}

// No two entries may be about the same resource (http.html#trules).
class Identities {
 public:
  Result<void> add(const Entry& entry, const std::string& id) {
    const auto [other, fresh] = touched_.emplace(entry.interaction.type + "/" + id, entry.position);
    if (fresh) return {};
    return fail(Code::bad_value, "is about the same resource as " + place(other->second) + ": " + other->first, place(entry.position),
                "Say in one entry what becomes of it");
  }

 private:
  std::unordered_map<std::string, std::size_t> touched_;
};

// One attempt inside the writer.
class Run {
 public:
  Run(const Transaction& transaction, const records::Scope& scope, const Preferences& preferences, const std::string& base,
      const OperationsWithin& operations, database::Connection& writer)
      : transaction_(transaction), scope_(scope), preferences_(preferences), base_(base), operations_(operations), writer_(writer), matches_(transaction.entries.size()) {}

  Result<std::vector<std::string>> execute() {
    responses_.resize(transaction_.entries.size());
    if (transaction_.depends) YL_CHECK(find_all());
    for (const Entry* entry : in_order()) {
      if (auto done = one(*entry); !done) return Failure(at_entry(entry->position, done.error()));
    }
    return std::move(responses_);
  }
  bool wrote() const { return wrote_; }

 private:
  Result<void> find_all();
  Result<void> find(const Entry& entry);
  std::vector<const Entry*> in_order() const;
  Result<void> one(const Entry& entry);
  Result<void> call(const Entry& entry);
  Result<Interaction> final_form(const Entry& entry);
  bool waits(const Entry& entry) const { return !transaction_.waits_for[entry.position].empty(); }
  Result<void> resolve_all();
  Result<std::string> resolve(const std::string& reference);

  const Transaction& transaction_;
  const records::Scope& scope_;
  const Preferences& preferences_;
  const std::string& base_;
  const OperationsWithin& operations_;
  database::Connection& writer_;
  std::vector<Matches> matches_;  // beside the entries
  NewNames names_;
  Identities identities_;
  std::unordered_map<std::string, std::size_t> created_by_;  // criteria of creates that found nothing: the entry
  NewNames resolved_;                                        // conditional references
  std::vector<std::string> responses_;
  const Instant at_ = now();
  bool wrote_ = false;
};

Result<void> Run::find_all() {
  for (const Entry& entry : transaction_.entries) {
    if (!changes(entry.interaction.verb)) continue;
    if (auto found = find(entry); !found) return Failure(at_entry(entry.position, found.error()));
  }
  return {};
}

Result<void> Run::find(const Entry& entry) {
  const Interaction& interaction = entry.interaction;
  Matches& matches = matches_[entry.position];
  if (interaction.criteria) {
    YL_TRY(matches, find_matches(writer_, scope_, interaction.type, *interaction.criteria));
  }
  if (interaction.verb == Verb::create) {
    if (interaction.criteria && matches.empty()) {
      const auto [first, fresh] = created_by_.emplace(text_of(interaction.type, *interaction.criteria), entry.position);
      if (!fresh) matches = {transaction_.entries[first->second].interaction.id};
    }
    if (matches.empty()) YL_CHECK(identities_.add(entry, interaction.id));
    name_entry(names_, entry, matches.empty() ? interaction.id : matches.front());
    return {};
  }
  if (interaction.verb == Verb::remove && interaction.criteria) {
    for (const std::string& id : matches) YL_CHECK(identities_.add(entry, id));
    return {};
  }
  YL_TRY(const std::string id, target_id(interaction, matches));
  YL_CHECK(identities_.add(entry, id));
  name_entry(names_, entry, id);
  return {};
}

// DELETE, POST, PUT and PATCH, GET; those with conditional references behind the others that write, so that they find
// what these made.
std::vector<const Entry*> Run::in_order() const {
  const auto step = [this](const Entry* entry) {
    const Verb verb = entry->interaction.verb;
    if (!changes(verb)) return 4;
    if (waits(*entry)) return 3;
    if (verb == Verb::remove) return 0;
    if (verb == Verb::create) return matches_[entry->position].empty() ? 1 : 3;  // it may mean another entry's
    return 2;
  };
  std::vector<const Entry*> order;
  order.reserve(transaction_.entries.size());
  for (const Entry& entry : transaction_.entries) order.push_back(&entry);
  std::ranges::stable_sort(order, {}, step);
  return order;
}

Result<void> Run::call(const Entry& entry) {
  wrote_ = wrote_ || changes(entry.interaction.verb);
  writer_.flush_deferred();
  YL_TRY(const net::Response done, operations_.run(writer_, *entry.operation));
  responses_[entry.position] = response_entry(done.status, "", "", "", done.body, "");
  return {};
}

Result<void> Run::one(const Entry& entry) {
  if (entry.operation != nullptr) return call(entry);
  if (waits(entry) && resolved_.empty()) YL_CHECK(resolve_all());
  std::optional<Interaction> changed;
  if (transaction_.depends && entry.interaction.resource != nullptr) {
    YL_TRY(changed, final_form(entry));
  }
  YL_TRY(const Done done, perform(writer_, scope_, changed ? *changed : entry.interaction, matches_[entry.position], at_, base_));
  wrote_ = wrote_ || changes(entry.interaction.verb);
  responses_[entry.position] = entry_of(done, preferences_, representation_of(writer_, scope_, done, preferences_));
  return {};
}

// With the names that are known only now. The tree that was sent stays as it is, as all this may be done again.
Result<Interaction> Run::final_form(const Entry& entry) {
  Interaction changed = entry.interaction;
  if (changed.verb == Verb::create && !matches_[entry.position].empty()) return changed;  // nothing is written
  fhir::Arena arena;
  changed.resource = fhir::copy(*entry.interaction.resource, arena);
  rename_references(*changed.resource, entry.full_url, names_, arena);
  if (waits(entry)) replace_conditional(*changed.resource, resolved_);
  YL_TRY(const std::string id, changed.verb == Verb::create ? Result<std::string>(changed.id) : target_id(changed, matches_[entry.position]));
  changed.resource->member(arena, "id").set_string(id);
  YL_TRY(changed.prepared, records::prepare(*changed.resource));
  changed.prepared_id = id;
  changed.resource = entry.interaction.resource;
  return changed;
}

// All at once, as each search would else write anew what is kept for the index.
Result<void> Run::resolve_all() {
  for (const Entry& entry : transaction_.entries) {
    for (const std::string& reference : transaction_.waits_for[entry.position]) {
      if (resolved_.contains(reference)) continue;
      auto found = resolve(reference);
      if (!found) return Failure(at_entry(entry.position, found.error()));
      resolved_.emplace(reference, std::move(*found));
    }
  }
  return {};
}

Result<std::string> Run::resolve(const std::string& reference) {
  const std::string type = reference.substr(0, reference.find('?'));
  YL_TRY(const Criteria criteria, read_criteria(reference, reference));
  YL_TRY(const Matches matches, find_matches(writer_, scope_, type, criteria));
  if (matches.empty()) {
    return fail(Code::precondition, "nothing matches the conditional reference", reference, "Send what it refers to first");
  }
  return type + "/" + matches.front();
}

Result<Entry> read_one(Json& json, std::size_t position, const OperationsWithin& operations, fhir::Arena& arena) {
  if (!is_special(json)) return read_entry(json, position, arena);
  Entry entry;
  entry.position = position;
  entry.operation = &json;
  auto interaction = operations.place(json);
  if (!interaction) return Failure(at_entry(position, interaction.error()));
  entry.interaction = std::move(*interaction);
  return entry;
}

Result<Transaction> read_transaction(Json& bundle, const OperationsWithin& operations, fhir::Arena& arena) {
  YL_TRY(const auto entries, entries_of(bundle));
  Transaction out;
  std::unordered_map<std::string_view, std::size_t> full_urls;  // bundle.html: no two entries have the same
  out.entries.reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    YL_TRY(auto entry, read_one(entries[i], i, operations, arena));
    if (const std::string_view full_url = entries[i].text_at("fullUrl"); !full_url.empty() && changes(entry.interaction.verb)) {
      const auto [other, fresh] = full_urls.emplace(full_url, i);
      if (!fresh) return fail(Code::bad_value, "has the fullUrl of " + place(other->second), place(i), "Give each entry one of its own");
    }
    out.waits_for.emplace_back();
    if (entry.interaction.resource != nullptr) out.waits_for.back() = conditional_references(*entry.interaction.resource);
    out.depends = out.depends || !out.waits_for.back().empty() || entry.interaction.criteria.has_value();
    out.entries.push_back(std::move(entry));
  }
  return out;
}

// What needs no look into the database: names, identities, and whether the resources are right.
Result<void> prepare_all(Transaction& transaction, fhir::Arena& arena) {
  NewNames names;
  Identities identities;
  for (const Entry& entry : transaction.entries) {
    if (transaction.depends || !changes(entry.interaction.verb)) continue;
    YL_CHECK(identities.add(entry, entry.interaction.id));
    name_entry(names, entry, entry.interaction.id);
  }
  records::Preparation together(records::Preparation::kOfBundle);
  for (Entry& entry : transaction.entries) {
    if (entry.interaction.resource == nullptr) continue;
    rename_references(*entry.interaction.resource, entry.full_url, names, arena);
    if (auto ready = make_ready(entry.interaction, together); !ready) return Failure(at_entry(entry.position, ready.error()));
  }
  for (const auto& pack : together.pack()) pack->get();  // here, where nobody waits for it
  return {};
}

}  // namespace

Result<std::string> run_transaction(database::Database& database, const records::Scope& scope, Json& bundle,
                                    const Preferences& preferences, const std::string& base, fhir::Arena& arena, const OperationsWithin& operations,
                                    const ValidationSettings* validation) {
  YL_TRY(auto transaction, read_transaction(bundle, operations, arena));
  for (Entry& entry : transaction.entries) entry.interaction.validation = validation;
  YL_CHECK(prepare_all(transaction, arena));
  std::vector<std::string> responses;
  std::optional<Issue> refused;  // before anything was written: no reason to do the others of the batch again
  YL_CHECK(database.write([&](database::Connection& writer) -> Result<void> {
    refused.reset();
    Run run(transaction, scope, preferences, base, operations, writer);
    auto done = run.execute();
    if (done) {
      responses = std::move(*done);
    } else if (run.wrote() || facts(done.error().code).http >= 500) {
      return Failure(done.error());
    } else {
      refused = done.error();
    }
    return {};
  }));
  if (refused) return Failure(*refused);
  return response_bundle("transaction-response", responses);
}

}  // namespace yilian::api
