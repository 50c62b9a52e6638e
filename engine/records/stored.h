#pragma once
// Resources as they are stored: current versions, and former ones apart from them.

#include <optional>
#include <string>

#include "engine/database/database.h"
#include "engine/records/prepared.h"

namespace yilian::records {

enum class Method : std::uint8_t { put = 1, post = 2, remove = 3 };
std::string_view method_name(Method method);

struct Stored {
  std::int64_t rid;
  std::uint8_t type;
  std::string packed_id;
  std::int64_t version;
  Instant updated;
  Method method;
  std::int64_t message;
  std::optional<std::int64_t> happened;
  std::int64_t content;  // hash of the body; 0: of a former version, not known
  std::string clock;
  BodyPlace body;
  bool deleted() const { return method == Method::remove; }
};

// What a row of `resource` holds from its type on, as the statements about it name the columns.
Stored stored_in(const database::Statement& row, std::int64_t rid);
// The current version, deleted or not. Of many: many.h.
std::optional<Stored> find(database::Connection& connection, const Plan& plan, std::string_view packed_id,
                           std::int64_t key);
std::optional<Stored> stored_at(database::Connection& connection, std::int64_t rid);
// The greatest rid that was given; 0: there is no resource.
std::int64_t last_rid(database::Connection& connection);

struct NewVersion {
  const Prepared* resource;
  std::int64_t version;
  Instant updated;
  Method method;
  std::int64_t message;
  std::string_view clock;
};
// lastUpdated is served, sorted and searched in milliseconds.
inline Instant to_milliseconds(Instant now) { return now / 1000 * 1000; }
// Inside a task; index rows with them. Errors: what a SearchParameter says that cannot be indexed (custom/README.md);
// nothing is written then.
// A first version.
Result<void> insert(database::Connection& writer, const NewVersion& fresh);
// Moves the version before into history.
Result<void> replace(database::Connection& writer, const Stored& before, const Rows& rows_before,
                     const NewVersion& fresh);
Result<void> mark_deleted(database::Connection& writer, const Stored& before, const Rows& rows_before, Instant now,
                          std::string_view clock);
void set_clock(database::Connection& writer, Stored stored, std::string_view clock);
// Another text for the current version, under its number; not what it is deleted by.
Result<void> reword(database::Connection& writer, const Stored& before, const Rows& rows_before, const Prepared& fresh);

// The body of a stored version that is not deleted, and what it says, in the arena. Errors: storage (it is damaged, or it
// is another one than was written), busy (it was removed after this reader began).
Result<BodyText> read_body(database::Connection& connection, const Stored& stored);
Result<void> check_body(const Stored& stored, const BodyText& body);
Result<const fhir::Json*> content_of(database::Connection& connection, const Stored& stored, fhir::Arena& arena);
Result<const fhir::Json*> content_of(const BodyText& body, fhir::Arena& arena);

}  // namespace yilian::records
