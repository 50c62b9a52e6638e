// What becomes of the index when a SearchParameter is written.

#include <algorithm>

#include "engine/records/custom/compile.h"
#include "engine/records/custom/custom_parameters.h"
#include "engine/records/index/index_cursor.h"
#include "engine/records/index/key.h"
#include "engine/records/stored.h"

namespace yilian::records {
namespace {

using State = CustomParameters::State;
using Entry = CustomParameters::Entry;

// Beside those in use there may be as many whose rows are being removed.
constexpr std::size_t kMostAtAll = 2 * kMostCustom;

bool overlap(const CustomDefinition& a, const CustomDefinition& b) {
  return std::any_of(fhir::resource_types().begin(), fhir::resource_types().end(),
                     [&](const fhir::Type* type) { return a.is_of(*type) && b.is_of(*type); });
}

class Note {
 public:
  Note(database::Connection& writer, std::string_view id)
      : writer_(writer), id_(id), entries_(writer.deferred<CustomParameters>().all(writer)) {}

  Result<void> run(const fhir::Json* now) {
    const Entry* before = in_use();
    std::optional<CustomDefinition> wanted;
    if (now != nullptr && now->text_at("status") == "active" && !is_of_the_standard(*now)) {
      YL_TRY(CustomDefinition said, read_definition(*now));
      YL_CHECK(find_kinds(said));
      // What stands already was found to be right.
      if (before != nullptr && before->definition.has_rows_of(said)) return redefine(*before, said);
      YL_TRY(const bool standard, repeats_standard(said));
      if (!standard) {
        YL_CHECK(check(said));
        wanted = std::move(said);
      }
    }
    if (before == nullptr && !wanted) return {};
    // The resources that came earlier in this batch are counted in.
    writer_.flush_deferred();
    const std::int64_t last = last_rid(writer_);
    if (before != nullptr) retire(before->number, last);
    if (wanted) add(*wanted, last);
    set_changed(writer_);
    return {};
  }

 private:
  const Entry* in_use() const {
    for (const auto& entry : entries_) {
      if (entry->state != State::clearing && entry->resource == id_) return entry.get();
    }
    return nullptr;
  }

  // Of the parameters of which a composite is composed.
  Result<void> find_kinds(CustomDefinition& said) const {
    for (std::size_t i = 0; i < said.components.size(); ++i) {
      auto& component = said.components[i];
      const auto kind = kind_of(component.url);
      const std::string where = "SearchParameter.component[" + std::to_string(i) + "].definition";
      if (!kind)
        return fail(Code::bad_value, "'" + component.url + "' is no search parameter that is known here", where,
                    "Name one of the standard, or one that is stored here and active");
      if (*kind == Kind::composite || *kind == Kind::special)
        return fail(Code::unsupported, "a " + std::string(kind_name(*kind)) + " cannot be a part of a composite", where,
                    "Name a parameter of another type");
      component.kind = *kind;
    }
    return {};
  }

  std::optional<Kind> kind_of(std::string_view url) const {
    for (const fhir::Type* type : fhir::resource_types()) {
      for (const fhir::SearchParameter& each : fhir::search_parameters(type->name)) {
        if (each.url == url) return each.kind;
      }
    }
    for (const auto& entry : entries_) {
      if (entry->state != State::clearing && entry->definition.url == url) return entry->definition.kind;
    }
    return std::nullopt;
  }

  Result<void> check(const CustomDefinition& said) const {
    std::size_t used = 0;
    for (const auto& entry : entries_) {
      if (entry->state == State::clearing || entry->resource == id_) continue;
      ++used;
      if (entry->definition.code == said.code && overlap(entry->definition, said))
        return fail(Code::bad_value,
                    "'" + said.code + "' is already what SearchParameter/" + entry->resource + " defines",
                    "SearchParameter.code", "Choose another code, or retire that one first");
    }
    if (used >= kMostCustom)
      return fail(Code::unsupported, "there are " + std::to_string(used) + " active ones already, which is the most",
                  "SearchParameter", "Retire some that are not needed");
    if (entries_.size() >= kMostAtAll)
      return fail(Code::busy, "the rows of former ones are still being removed", "SearchParameter",
                  "Ask again in some minutes");
    return check_custom(said);
  }

  Result<void> redefine(const Entry& before, const CustomDefinition& said) {
    if (before.definition == said) return {};
    const std::string text = text_of(said);
    writer_.prepare("UPDATE search_parameter SET definition = ?2 WHERE number = ?1")
        .bind(1, static_cast<std::int64_t>(before.number))
        .bind(2, std::string_view(text))
        .run();
    set_changed(writer_);
    return {};
  }

  void retire(std::uint32_t number, std::int64_t last) {
    writer_.prepare("UPDATE search_parameter SET state = ?2, done = 0, last = ?3 WHERE number = ?1")
        .bind(1, static_cast<std::int64_t>(number))
        .bind(2, static_cast<std::int64_t>(State::clearing))
        .bind(3, last)
        .run();
  }

  void add(const CustomDefinition& said, std::int64_t last) {
    std::int64_t number = kFirstCustom;
    {
      auto row = writer_.prepare("SELECT max(number) FROM search_parameter");
      if (row.step() && !row.null(0)) number = row.integer(0) + 2;  // and the one of what cannot be evaluated
    }
    const State state = any_there(said) ? State::indexing : State::ready;
    const std::string text = text_of(said);
    writer_
        .prepare(
            "INSERT INTO search_parameter(number, resource, state, done, last, definition) VALUES(?1, ?2, ?3, 0, ?4, "
            "?5)")
        .bind(1, number)
        .bind(2, std::string_view(id_))
        .bind(3, static_cast<std::int64_t>(state))
        .bind(4, last)
        .bind(5, std::string_view(text))
        .run();
  }

  // Whether there is anything to be indexed.
  bool any_there(const CustomDefinition& said) {
    for (const fhir::Type* type : said.types()) {
      const std::string every = number_key(row_number(type->number, kEveryCode), 0);
      for (IndexCursor at(writer_, every, after_all(every)); at.there(); at.next()) {
        if (at.bits().set != 0) return true;
      }
    }
    return false;
  }

  database::Connection& writer_;
  const std::string id_;
  const std::vector<std::unique_ptr<Entry>>& entries_;
};

}  // namespace

Result<void> note_search_parameter(database::Connection& writer, const Plan& plan, std::string_view id,
                                   std::optional<std::string_view> body) {
  static const std::uint8_t kSearchParameter = fhir::resource_type("SearchParameter")->number;
  if (plan.type != kSearchParameter) return {};
  if (!body) return Note(writer, id).run(nullptr);
  fhir::Arena arena;
  YL_TRY(const fhir::Json* content, fhir::read_json(*body, arena, {.depth = fhir::kDeepest, .bytes = body->size()}));
  return Note(writer, id).run(content);
}

}  // namespace yilian::records
