#pragma once
// The search parameters that clients defined, as one connection sees them. See README.md beside this.

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/database/database.h"
#include "engine/records/custom/definition.h"
#include "engine/records/reindex.h"
#include "engine/records/rows.h"
#include "engine/records/store.h"

namespace yilian::records {

// What a type is searched by in this database: the definitions' parameters and those of clients. nullptr for a type
// that R4 has not. It holds as long as the connection's transaction, unless a SearchParameter is written in it.
const Plan* search_plan(database::Connection& connection, std::string_view type);
const Plan* search_plan(database::Connection& connection, std::uint8_t type);

// All rows of a resource, as the index of this database may have them: `rows` by the definitions, and those by clients'
// parameters, also by those that are gone and whose rows are being removed. `before`: nothing is lost of what is to be
// removed; else of what is to be written.
enum class Moment : std::uint8_t { before, after };
Rows with_custom(database::Connection& writer, const Plan& plan, Rows rows, const fhir::Json& resource, Moment moment);
Rows rows_before(database::Connection& writer, const Plan& plan, const fhir::Json& resource);
// The same of a resource that is about to be written and is not at hand as a tree. Nothing: `rows` as they are.
// Errors: storage.
Result<std::optional<Rows>> rows_after(database::Connection& writer, const Plan& plan, const Rows& rows,
                                       std::string_view body);

// Called before a resource of any type is written (`body`: as it will stand; nothing: it goes), for every way in: what
// a SearchParameter says becomes the index's. Errors: those of read_definition and check_custom; bad_value (the code is
// taken); too_large (too many). Nothing is changed then.
Result<void> note_search_parameter(database::Connection& writer, const Plan& plan, std::string_view id,
                                   std::optional<std::string_view> body);

inline constexpr std::size_t kMostCustom = 512;  // in use at a time

class CustomParameters : public database::Deferred {
 public:
  enum class State : std::uint8_t {
    indexing = 0,  // the rows of what was there before are being added: what needs it is refused
    ready = 1,
    clearing = 2,  // it is gone; its rows are being removed
    gone = 3,      // its number is not given again
  };
  struct Entry {
    std::uint32_t number;
    std::string resource;  // id of its SearchParameter
    State state;
    CustomDefinition definition;
  };
  struct OfType {
    Plan plan;                           // without ways: with_custom finds their rows
    std::vector<const Indexed*> in_use;  // in the plan
    std::vector<Indexed> clearing;
  };

  // All that are not gone, by number.
  const std::vector<std::unique_ptr<Entry>>& all(database::Connection& connection);
  const Entry* find(database::Connection& connection, std::uint32_t number);
  // nullptr: the type has none.
  const OfType* of_type(database::Connection& connection, std::uint8_t type);
  // As the transaction sees it. Of a reader: the writer changes it itself.
  const IndexState& index_state(database::Connection& reader);

  void forget() {
    seen_ = 0;
    counter_ = -1;
  }
  void flush(database::Connection&) override {}
  void discard() override { forget(); }

 private:
  void refresh(database::Connection& connection);
  std::unique_ptr<OfType> make(std::uint8_t type) const;

  std::uint64_t seen_ = 0;     // Connection::transaction() in which the counter was looked at
  IndexState state_{};         // then
  std::int64_t counter_ = -1;  // index_state.parameters: another with each change
  std::vector<std::unique_ptr<Entry>> entries_;
  std::unordered_map<std::uint8_t, std::unique_ptr<OfType>> types_;
};

// The set is another now: every connection reads it anew. Inside a task.
void set_changed(database::Connection& writer);

// How far the rows of one are, for people.
struct CustomProgress {
  std::string url, code, resource;
  CustomParameters::State state;
  int percent;
  std::size_t not_evaluated;  // resources on which its expression cannot be evaluated
};
std::vector<CustomProgress> custom_progress(database::Connection& reader);
int percent_of(database::Connection& reader, std::uint32_t number);

// On how many resources an expression cannot be evaluated: of the parameter whose rows have this number, and of all
// types.
std::size_t cannot_evaluate(database::Connection& reader, std::uint32_t row_number);
std::size_t cannot_evaluate(database::Connection& reader, const CustomParameters::Entry& entry);

}  // namespace yilian::records
