#include "engine/api/interaction.h"

#include "engine/api/search.h"
#include "engine/base/uuid.h"

namespace yilian::api {
namespace {

using fhir::Json;

Done done_with(int status, std::string_view type, const records::Written& written) {
  return {status, std::string(type), written.id, written.version, written.updated, {}, 0};
}

int status_of(records::Outcome outcome) { return outcome == records::Outcome::created ? 201 : 200; }

Json& copied_as(const Interaction& interaction, const std::string& id, fhir::Arena& arena) {
  Json* copied = fhir::copy(*interaction.resource, arena);
  copied->member(arena, "id").set_string(id);
  return *copied;
}

// Under another id than the one that was expected when it was made ready.
Result<records::PreparedPtr> prepared_as(const Interaction& interaction, const std::string& id) {
  if (interaction.prepared && interaction.prepared_id == id) return interaction.prepared;
  fhir::Arena arena;
  Json& copied = copied_as(interaction, id, arena);
  if (interaction.validation) YL_CHECK(screen(*interaction.validation, copied, arena, interaction.findings));
  return records::prepare(copied);
}

Result<Done> create(database::Connection& connection, const records::Scope& scope, const Interaction& interaction,
                    const Matches& matches, Instant at) {
  if (!matches.empty()) {  // http.html#ccreate: one match, nothing is created
    YL_TRY(const auto there, records::read(connection, scope, interaction.type, matches.front()));
    return Done{200, interaction.type, there.id, there.version, there.updated, {}, 0};
  }
  YL_TRY(const auto prepared, prepared_as(interaction, interaction.id));
  YL_TRY(const auto written, records::create(connection, scope, prepared, at));
  return done_with(201, interaction.type, written);
}

Result<Done> update(database::Connection& connection, const records::Scope& scope, const Interaction& interaction,
                    const Matches& matches, Instant at) {
  YL_TRY(const std::string id, target_id(interaction, matches));
  // What the criteria did not find is new, and goes over nothing.
  const bool found_nothing = interaction.criteria && matches.empty();
  if ((interaction.only_new || found_nothing) && records::read(connection, scope, interaction.type, id)) {
    return fail(found_nothing ? Code::conflict : Code::precondition,
                found_nothing ? "it is there, and the criteria do not match it" : "If-None-Match: * does not hold, it is there",
                interaction.type + "/" + id, "Read it, and update it by its id with If-Match");
  }
  YL_TRY(const auto prepared, prepared_as(interaction, id));
  // Of those who do not see everything a put makes nothing new (records/store.h); under an id of ours this is a create.
  const bool named = !interaction.id.empty() || !interaction.resource->text_at("id").empty();
  if (found_nothing && !named && !scope.is_all()) {
    YL_TRY(const auto made, records::create(connection, scope, prepared, at));
    return done_with(201, interaction.type, made);
  }
  YL_TRY(const auto written, records::put(connection, scope, prepared, interaction.if_match, at));
  return done_with(status_of(written.outcome), interaction.type, written);
}

Result<Done> patch(database::Connection& connection, const records::Scope& scope, const Interaction& interaction,
                   const Matches& matches, Instant at) {
  YL_TRY(const std::string id, target_id(interaction, matches));
  const std::string where = interaction.type + "/" + id;
  YL_TRY(const auto there, records::read(connection, scope, interaction.type, id));
  if (interaction.if_match && *interaction.if_match != there.version) {
    return fail(Code::version_conflict,
                "If-Match names version " + std::to_string(*interaction.if_match) + ", the current one is " +
                    std::to_string(there.version),
                where, "Read it again, and patch what is there now");
  }
  fhir::Arena arena(there.body.size() * 2 + 4096);
  YL_TRY(const Json* resource, fhir::read_json(there.body, arena, {.depth = fhir::kDeepest, .bytes = there.body.size()}));
  YL_TRY(Json * made, apply_patch(*resource, interaction.patch, arena));
  if (interaction.validation) YL_CHECK(screen(*interaction.validation, *made, arena, interaction.findings));
  YL_TRY(const auto prepared, records::prepare(*made));
  YL_TRY(const auto written, records::put(connection, scope, prepared, there.version, at));
  return done_with(200, interaction.type, written);
}

Result<Done> remove(database::Connection& connection, const records::Scope& scope, const Interaction& interaction,
                    const Matches& matches, Instant at) {
  Done done{204, interaction.type, {}, 0, 0, {}, 0};
  if (interaction.if_match && matches.size() > 1) {  // one that does not hold would leave the others half done
    return fail(Code::precondition, "If-Match names one version, and several resources match", text_of(interaction.type, *interaction.criteria));
  }
  const Matches named{interaction.id};
  for (const std::string& id : interaction.criteria ? matches : named) {
    const auto written = records::remove(connection, scope, interaction.type, id, interaction.if_match, at);
    // Deleting what is not there is done already.
    if (!written && written.error().code != Code::not_found && written.error().code != Code::gone) return Failure(written.error());
    if (!written) continue;
    done.id = id;
    done.version = written->version;
    done.updated = written->updated;
    if (written->outcome != records::Outcome::unchanged) ++done.removed;
  }
  return done;
}

Result<Done> read(database::Connection& connection, const records::Scope& scope, const Interaction& interaction) {
  YL_TRY(auto version, interaction.version ? records::read_version(connection, scope, interaction.type, interaction.id, *interaction.version)
                                           : records::read(connection, scope, interaction.type, interaction.id));
  const bool unchanged = interaction.read.unchanged(version.version, version.updated);
  return Done{unchanged ? 304 : 200, std::move(version.type), std::move(version.id), version.version, version.updated,
              unchanged ? std::string() : std::move(version.body), 0};
}

}  // namespace

Result<std::string> target_id(const Interaction& interaction, const Matches& matches) {
  if (!interaction.criteria) return interaction.id;
  const bool patches = interaction.verb == Verb::patch;
  if (matches.empty()) {
    if (!patches) return interaction.prepared_id;
    return fail(Code::not_found, "nothing matches the criteria", text_of(interaction.type, *interaction.criteria));
  }
  const std::string_view own = patches ? std::string_view() : interaction.resource->text_at("id");
  if (own.empty() || own == matches.front()) return matches.front();
  return fail(Code::bad_structure, "the body has the id " + std::string(own) + ", the criteria match " + interaction.type + "/" + matches.front(),
              interaction.type + ".id", "Leave the id out");
}

namespace {

// By criteria: what nothing matches is created under the body's own id, or a new one.
std::string expected_id(const Interaction& interaction) {
  if (!interaction.id.empty() || interaction.verb == Verb::create) return interaction.id;
  const std::string_view own = interaction.resource->text_at("id");
  return own.empty() ? Uuid::random().text() : std::string(own);
}

}  // namespace

Result<void> make_ready(Interaction& interaction) {
  if (interaction.resource == nullptr) return {};
  interaction.prepared_id = expected_id(interaction);
  interaction.prepared = nullptr;
  YL_TRY(interaction.prepared, prepared_as(interaction, interaction.prepared_id));
  return {};
}

Result<void> make_ready(Interaction& interaction, records::Preparation& together) {
  if (interaction.resource == nullptr) return {};
  interaction.prepared_id = expected_id(interaction);
  fhir::Arena arena;
  Json& copied = copied_as(interaction, interaction.prepared_id, arena);
  if (interaction.validation) YL_CHECK(screen(*interaction.validation, copied, arena, interaction.findings));
  YL_TRY(interaction.prepared, together.check_and_add(copied));
  return {};
}

Result<Done> perform(database::Connection& connection, const records::Scope& scope, const Interaction& interaction,
                     const Matches& matches, Instant at, const std::string& base) {
  switch (interaction.verb) {
    case Verb::create:
      return create(connection, scope, interaction, matches, at);
    case Verb::update:
      return update(connection, scope, interaction, matches, at);
    case Verb::patch:
      return patch(connection, scope, interaction, matches, at);
    case Verb::remove:
      return remove(connection, scope, interaction, matches, at);
    case Verb::read:
      return read(connection, scope, interaction);
    case Verb::search:
      break;
  }
  Done done;
  done.type = interaction.type;
  const std::string own = base + "/";
  YL_TRY(done.body, search_and_show(connection, scope, {.type = interaction.type, .parameters = interaction.query, .base = own}, base, interaction.type));
  return done;
}

Result<Done> find_and_perform(database::Connection& connection, const records::Scope& scope, const Interaction& interaction,
                              Instant at, const std::string& base) {
  Matches matches;
  if (interaction.criteria) {
    YL_TRY(matches, find_matches(connection, scope, interaction.type, *interaction.criteria));
  }
  return perform(connection, scope, interaction, matches, at, base);
}

Result<Done> run_alone(database::Database& database, const records::Scope& scope, const Interaction& interaction,
                       const std::string& base, std::size_t bytes) {
  if (interaction.verb == Verb::read || interaction.verb == Verb::search) {
    return database.read([&](database::Connection& reader) { return find_and_perform(reader, scope, interaction, 0, base); });
  }
  // A refusal is no failure of the task: nothing was written, and the others of its batch need not be done again for it.
  Result<Done> done = fail(Code::internal, "nothing was done");
  YL_CHECK(database.write(
      [&](database::Connection& writer) -> Result<void> {
        done = find_and_perform(writer, scope, interaction, now(), base);
        if (!done && facts(done.error().code).http >= 500) return Failure(done.error());
        return {};
      },
      bytes));
  return done;
}

}  // namespace yilian::api
