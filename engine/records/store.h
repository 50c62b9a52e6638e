#pragma once
// The FHIR record store: current versions with their index rows, and history apart from them.
// Writers work inside a database task (see database.h); readers on a reader's connection.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/made_once.h"
#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/database/database.h"
#include "engine/fhir/json.h"
#include "engine/records/scope.h"
#include "engine/validation/screening.h"

namespace yilian::records {

const database::Schema& schema();

struct Version {
  std::string type, id;
  std::int64_t version;  // 1, 2, …
  Instant updated;
  bool deleted;
  std::string body;      // JSON as it is served, with meta.versionId and meta.lastUpdated; empty when deleted
  std::int64_t message;  // journal number of the message that made this version; 0: a client
  std::string method;    // "PUT", "POST", "DELETE"
};

// A resource made ready outside the writer, on any thread: minified, its index rows extracted.
struct Prepared;
using Pack = MadeOnce<std::string>;
using PreparedPtr = std::shared_ptr<const Prepared>;
// The tree is put into the canonical order and loses meta.versionId and meta.lastUpdated; it is not kept. It has its id.
// Errors: bad_structure and bad_value from fhir::check; too_large.
Result<PreparedPtr> prepare(fhir::Json& resource);
// Resources that come together and are stored as one text: compressed as one they take half the room.
class Preparation {
 public:
  // Of a text: who reads one of its resources unpacks them all. A message's are mostly read together.
  static constexpr std::size_t kOfMessage = 256u << 10, kOfBundle = 8u << 10;
  explicit Preparation(std::size_t most_together = kOfMessage) : most_together_(most_together) {}

  // Of a mapping, with meta.source. It makes sure itself of what fhir::check would say and of the members' order (held
  // against it by the mapping's tests and fuzzing), so neither is paid again. The resource may be used once it is
  // packed. Errors: bad_structure, bad_value (no usable id), too_large.
  Result<PreparedPtr> add(fhir::Json& resource, std::string_view source, fhir::Arena& arena);
  // Of a client: as prepare().
  Result<PreparedPtr> check_and_add(fhir::Json& resource);
  // What is to be compressed yet. Best once all is handed to the writer, which waits for what it needs.
  std::vector<std::shared_ptr<const Pack>> pack();

 private:
  const std::size_t most_together_;
  std::vector<std::pair<std::shared_ptr<Prepared>, bool>> fresh_;  // and whether it came lately as well
};

// Merging what a message says into what is known, element by element: the newer event wins, a lower rank never
// overwrites a higher one but fills gaps, `cleared` paths delete at their time, lists of identifiers are united. The
// same in any order of arrival. (engine/records/merge.h)
struct Contribution {
  PreparedPtr resource;
  std::vector<std::string> cleared;
  Instant event_time;
  std::uint8_t rank;     // mapping::Rank
  std::int64_t message;  // journal number
  std::vector<std::string>
      assumed{};  // elements that nobody said and a default filled: they fill gaps and yield to any word
  // How the resource was screened: what it becomes together with what is known is screened so too. nullptr: it is not.
  const validation::Screening* screening = nullptr;
};
enum class Outcome : std::uint8_t { created, updated, unchanged };
Result<Outcome> contribute(database::Connection& writer, const Contribution& contribution, Instant now);

// Interactions of clients. `expected`: If-Match. All inside the writer. Under a scope that is not `all`: what would not be
// seen afterwards is not written (forbidden, said before anything is looked up); what is not seen is not there; and a put
// makes nothing (not_allowed), for else it would tell the ids that are taken from those that are free. A create needs an
// id of the server's choice. Errors: version_conflict, conflict, not_found, forbidden, not_allowed, storage.
struct Written {
  Outcome outcome;
  std::string id;
  std::int64_t version;
  Instant updated;
};
Result<Written> put(database::Connection& writer, const Scope& scope, const PreparedPtr& resource,
                    std::optional<std::int64_t> expected, Instant now);
Result<Written> create(database::Connection& writer, const Scope& scope, const PreparedPtr& resource, Instant now);
Result<Written> remove(database::Connection& writer, const Scope& scope, std::string_view type, std::string_view id,
                       std::optional<std::int64_t> expected, Instant now);
// Another meta for a version, the current one or a former one: its number and its time stay as they are, and nothing is
// left of what it said before (resource-operation-meta-add.html). `resource`: the whole of it, with that meta.
Result<void> rewrite(database::Connection& writer, const Scope& scope, const PreparedPtr& resource, std::int64_t version);

// Reading. not_found, gone; what is outside the scope is not_found in the same words. A version is seen when it is in the
// scope itself and what is current is too; a deletion by what was before it.
Result<Version> read(database::Connection& reader, const Scope& scope, std::string_view type, std::string_view id);
Result<Version> read_version(database::Connection& reader, const Scope& scope, std::string_view type,
                             std::string_view id, std::int64_t version);
struct HistoryQuery {
  std::string type{}, id{};  // either may be empty: type history, system history
  std::optional<Instant> since{}, at{};
  std::optional<Instant> at_end{};  // what was current at some moment from `at` to here; nothing: at that moment
  std::string list{};      // only of the resources that this List refers to
  std::size_t count = 50;  // at most 1000
  std::string cursor{};    // opaque; from another page
};
struct HistoryPage {
  std::vector<Version> entries;  // newest first
  std::string next;              // empty: last page
  std::string previous{};        // empty: first page
  std::optional<std::int64_t> total;
};
Result<HistoryPage> history(database::Connection& reader, const Scope& scope, const HistoryQuery& query);

using Parameters = std::vector<std::pair<std::string, std::string>>;  // as in the URL, decoded, in order
struct SearchRequest {
  std::string_view type{};  // empty: all types, or those of _type
  Parameters parameters{};
  std::string_view compartment{}, compartment_id{};  // "Patient", "123": only what is in it
  std::string_view base{};  // "http://host:8080/fhir/": a reference that begins so is to a resource of this store
  bool lenient = false;  // Prefer: handling=lenient: what is unknown is passed over, and not in `applied`
};
// How the entries are to be shown (fhir::subset).
struct Shown {
  std::string summary{};   // _summary: "true", "text", "data"; empty: whole
  std::string elements{};  // _elements
};
struct Match {
  Version resource;
  bool included = false;  // by _include / _revinclude
};
struct Page {
  std::vector<Match> entries;
  std::optional<std::int64_t> total;
  std::string next;      // cursor of the next page; empty: last
  std::string previous;  // of the one before; empty: first
  Parameters applied;    // what the self link says
  Shown shown;
};
// Another page: the same parameters and `_cursor`. What is written meanwhile neither repeats nor hides an entry of
// other pages. A page has _count (at most 1000, default 50) matches; the total is given unless _total=none. _format and
// _pretty are passed over. Errors: unsupported (an unknown parameter, modifier or sort, never ignored), bad_value,
// not_found (no such type), too_large, storage.
Result<Page> search(database::Connection& reader, const Scope& scope, const SearchRequest& request);
Result<Page> search(database::Connection& reader, const Scope& scope, std::string_view type,
                    const Parameters& parameters);

// What may be searched by, for the CapabilityStatement.
struct Searchable {
  std::string_view code, kind, url;
};
std::vector<Searchable> searchable(std::string_view type);

// The same of what clients defined (custom/README.md), as far as it is ready to be searched by.
struct Defined {
  std::string code, kind, url;
  std::vector<std::string_view> types, targets;  // of a reference without targets: any
  bool operator==(const Defined&) const = default;
};
std::vector<Defined> defined_parameters(database::Connection& reader);

}  // namespace yilian::records
