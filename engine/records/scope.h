#pragma once
// Who may be seen. Every query runs inside a scope that narrows it before it starts; `all` is one of them. Whoever knows
// the user makes it (engine/api/scope.h); the records only hold to it. What is outside is as if it were not there.

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace yilian::records {

// Of Resource.meta.security. An empty system: the code in whatever system.
struct Label {
  std::string system, code;
  auto operator<=>(const Label&) const = default;
};

// What a scope leaves: all that is said must hold. What is not said narrows nothing; a list that is said and empty
// leaves nothing of what it is about.
struct Narrowing {
  // Ids of Patients, all those of a person (Patient.link is not followed). Seen is what lies in the compartment of one of
  // them; of types that lie in no compartment what names one of them, or no Patient at all. Not Binary, Bundle and
  // Parameters: nothing tells whose they are.
  std::optional<std::vector<std::string>> patients{};
  std::optional<std::vector<std::string>> types{};
  // Codes of hospitals: what their feeds brought last (meta.source is urn:yilian:CODE:…), and with `without_facility`
  // what no feed brought.
  std::optional<std::vector<std::string>> facilities{};
  bool without_facility = false;
  std::vector<Label> withheld{};  // what has one of these is not seen
};

class Scope {
 public:
  static Scope all();
  // Errors: bad_value (no id, type, hospital or code), too_large (more than kMostNamed of a kind). A narrowing that says
  // nothing shows everything and is still not `all`: what is kept for that ($expunge, the journal) stays closed.
  static Result<Scope> of(Narrowing narrowing);
  static constexpr std::size_t kMostNamed = 10'000;

  bool is_all() const { return narrowed_ == nullptr; }
  // Of one that is not `all`; each list sorted, without doubles.
  const Narrowing& narrowing() const { return narrowed_->narrowing; }
  // The keys (types.h) of `patients`, sorted.
  const std::vector<std::int64_t>& patient_keys() const { return narrowed_->patient_keys; }
  bool has_type(std::string_view type) const;
  // The same for the same narrowing, with this program and others; 0: all.
  std::int64_t fingerprint() const { return is_all() ? 0 : narrowed_->fingerprint; }

 private:
  struct Narrowed {
    Narrowing narrowing;
    std::vector<std::int64_t> patient_keys;
    std::int64_t fingerprint;
  };
  explicit Scope(std::shared_ptr<const Narrowed> narrowed) : narrowed_(std::move(narrowed)) {}
  std::shared_ptr<const Narrowed> narrowed_;  // copied for nothing; null: all
};

}  // namespace yilian::records
