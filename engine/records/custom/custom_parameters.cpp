#include "engine/records/custom/custom_parameters.h"

#include <algorithm>
#include <bit>

#include "engine/base/log.h"
#include "engine/records/custom/compile.h"
#include "engine/records/index/index_cursor.h"
#include "engine/records/index/key.h"
#include "engine/records/types.h"

namespace yilian::records {
namespace {

using State = CustomParameters::State;

int percent(std::int64_t done, std::int64_t last) { return last <= 0 ? 0 : static_cast<int>(done * 100 / last); }

// As read_definition takes it: what the table holds was checked when it came.
Result<CustomDefinition> read_text(std::string_view text) {
  fhir::Arena arena;
  YL_TRY(const fhir::Json* json, fhir::read_json(text, arena));
  return read_definition(*json);
}

}  // namespace

void CustomParameters::refresh(database::Connection& connection) {
  if (seen_ == connection.transaction()) return;
  // What another daemon or a task that was undone has changed is forgotten, and so is what this one changes.
  if (seen_ != 0 && connection.is_writer()) {
    seen_ = connection.transaction();
    return;
  }
  std::int64_t counter = 0;
  state_ = kKnownFromTheStart;
  {
    auto row = connection.prepare("SELECT parameters, through, done, last, twice FROM index_state");
    if (row.ask()) connection.deferred<Index>().refresh(connection);  // who asks for this needs the index too
    if (row.step()) {
      counter = row.integer(0);
      state_ = {static_cast<std::uint32_t>(row.integer(1)), row.integer(2), row.integer(3), row.integer(4)};
    }
  }
  seen_ = connection.transaction();
  if (counter == counter_) return;
  counter_ = counter;
  types_.clear();
  entries_.clear();
  auto row = connection.prepare(
      "SELECT number, resource, state, definition FROM search_parameter WHERE state < 3 ORDER BY number");
  while (row.step()) {
    auto definition = read_text(row.text(3));
    if (!definition) {
      log::error("records", "search_parameter_unreadable",
                 {{"number", row.integer(0)}, {"what", definition.error().line()}});
      continue;
    }
    entries_.push_back(
        std::make_unique<Entry>(Entry{static_cast<std::uint32_t>(row.integer(0)), std::string(row.text(1)),
                                      static_cast<State>(row.integer(2)), std::move(*definition)}));
  }
}

const std::vector<std::unique_ptr<CustomParameters::Entry>>& CustomParameters::all(database::Connection& connection) {
  refresh(connection);
  return entries_;
}

const IndexState& CustomParameters::index_state(database::Connection& reader) {
  refresh(reader);
  return state_;
}

const CustomParameters::Entry* CustomParameters::find(database::Connection& connection, std::uint32_t number) {
  for (const auto& entry : all(connection)) {
    if (entry->number == number) return entry.get();
  }
  return nullptr;
}

const CustomParameters::OfType* CustomParameters::of_type(database::Connection& connection, std::uint8_t type) {
  refresh(connection);
  if (entries_.empty()) return nullptr;
  const auto [at, fresh] = types_.try_emplace(type);
  if (fresh) at->second = make(type);
  return at->second.get();
}

std::unique_ptr<CustomParameters::OfType> CustomParameters::make(std::uint8_t type) const {
  const fhir::Type* of = fhir::resource_type(type_name(type));
  std::unique_ptr<OfType> made;
  for (const auto& entry : entries_) {
    if (of == nullptr || !entry->definition.is_of(*of)) continue;
    if (made == nullptr) {
      made = std::make_unique<OfType>(OfType{*plan(type), {}, {}});
      made->plan.ways.clear();
      made->plan.computed.clear();
    }
    auto indexed = compile_custom(*of, entry->definition, entry->number, made->plan);
    if (!indexed) {
      log::error("records", "search_parameter_not_compiled",
                 {{"url", entry->definition.url}, {"what", indexed.error().line()}});
      continue;
    }
    (entry->state == State::clearing ? made->clearing : made->plan.parameters).push_back(std::move(*indexed));
  }
  if (made == nullptr) return made;
  const Plan& standard = *plan(type);
  const std::size_t own = standard.parameters.size();
  for (std::size_t i = own; i < made->plan.parameters.size(); ++i) made->in_use.push_back(&made->plan.parameters[i]);
  if (standard.happened != nullptr)
    made->plan.happened =
        &made->plan.parameters[static_cast<std::size_t>(standard.happened - standard.parameters.data())];
  return made;
}

const Plan* search_plan(database::Connection& connection, std::uint8_t type) {
  const auto* custom = connection.deferred<CustomParameters>().of_type(connection, type);
  return custom == nullptr ? plan(type) : &custom->plan;
}

const Plan* search_plan(database::Connection& connection, std::string_view type) {
  return search_plan(connection, type_number(type));
}

Rows with_custom(database::Connection& writer, const Plan& plan, Rows rows, const fhir::Json& resource, Moment moment) {
  const auto* custom = writer.deferred<CustomParameters>().of_type(writer, plan.type);
  if (custom == nullptr) return rows;
  std::vector<const Indexed*> parameters = custom->in_use;
  if (moment == Moment::before) {
    for (const Indexed& gone : custom->clearing) parameters.push_back(&gone);
  }
  return united(rows, rows_of(parameters, resource));
}

Rows rows_before(database::Connection& writer, const Plan& plan, const fhir::Json& resource) {
  return with_custom(writer, plan, rows_of(plan, resource), resource, Moment::before);
}

Result<std::optional<Rows>> rows_after(database::Connection& writer, const Plan& plan, const Rows& rows,
                                       std::string_view body) {
  const auto* custom = writer.deferred<CustomParameters>().of_type(writer, plan.type);
  if (custom == nullptr || custom->in_use.empty()) return std::optional<Rows>();
  fhir::Arena arena;
  YL_TRY(const fhir::Json* content, fhir::read_json(body, arena, {.depth = fhir::kDeepest, .bytes = body.size()}));
  return std::optional(united(rows, rows_of(custom->in_use, *content)));
}

void set_changed(database::Connection& writer) {
  writer.prepare("UPDATE index_state SET parameters = parameters + 1").run();
  writer.deferred<CustomParameters>().forget();
}

std::vector<CustomProgress> custom_progress(database::Connection& reader) {
  std::vector<CustomProgress> out;
  for (const auto& entry : reader.deferred<CustomParameters>().all(reader)) {
    const bool done = entry->state == State::ready;
    out.push_back({entry->definition.url, entry->definition.code, entry->resource, entry->state,
                   done ? 100 : percent_of(reader, entry->number), cannot_evaluate(reader, *entry)});
  }
  return out;
}

std::size_t cannot_evaluate(database::Connection& reader, std::uint32_t row_number) {
  // Numbers go in steps of two, the rows' own bit beside.
  const std::string rows = parameter_key((row_number & ~1U) + 2);
  std::size_t found = 0;
  for (IndexCursor at(reader, rows, after_all(rows)); at.there(); at.next())
    found += static_cast<std::size_t>(std::popcount(at.bits().set));
  return found;
}

std::size_t cannot_evaluate(database::Connection& reader, const CustomParameters::Entry& entry) {
  std::size_t found = 0;
  for (const fhir::Type* type : entry.definition.types())
    found += cannot_evaluate(reader, row_number(type_number(type->name), entry.number));
  return found;
}

std::vector<Defined> defined_parameters(database::Connection& reader) {
  std::vector<Defined> out;
  for (const auto& entry : reader.deferred<CustomParameters>().all(reader)) {
    if (entry->state != State::ready) continue;
    const CustomDefinition& definition = entry->definition;
    Defined made{definition.code, std::string(kind_name(definition.kind)), definition.url, {}, definition.targets};
    for (const fhir::Type* type : definition.types()) made.types.push_back(type->name);
    out.push_back(std::move(made));
  }
  return out;
}

int percent_of(database::Connection& reader, std::uint32_t number) {
  auto row = reader.prepare("SELECT done, last FROM search_parameter WHERE number = ?1");
  row.bind(1, static_cast<std::int64_t>(number));
  return row.step() ? percent(row.integer(0), row.integer(1)) : 0;
}

}  // namespace yilian::records
