#pragma once
// What the operators' commands share: the daemon that they speak with, and how they show moments.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/wall_clock.h"
#include "engine/fhir/json.h"
#include "engine/net/http_client.h"

namespace yilian::daemon {

// Of every one of these commands.
struct Where {
  std::string config;  // a main configuration file, whose http.listen it is
  std::string url;     // or its address; neither: http://127.0.0.1:8080
  bool json = false;   // what the daemon says, for programs
};

class Console {
 public:
  // Errors: as of the configuration file, when it says where the daemon is.
  static Result<std::unique_ptr<Console>> open(const Where& where);

  // `path` below /admin/v1, or from "/" on. The trees live as long as this does. Errors: busy, timeout (there is no daemon), and what it says itself.
  Result<const fhir::Json*> get(const std::string& path) { return ask("GET", path); }
  Result<const fhir::Json*> post(const std::string& path, const std::string& text = {}) { return ask("POST", path, text); }
  const std::string& last_body() const { return body_; }  // of the last answer, as it came
  const std::string& url() const { return url_; }
  void forget();  // trees from before; for who goes on for ever

  // Reads the hospitals' zones, so that moments are shown as their clocks show them.
  Result<void> learn_zones();
  const Zone& zone(std::string_view hospital) const;  // empty: the first one's
  // A member with a FHIR instant as the hospital's clock shows it; empty when it is not there.
  std::string moment(const fhir::Json& json, std::string_view name, std::string_view hospital) const;
  // How long ago it was; empty when it is not there.
  std::string ago(const fhir::Json& json, std::string_view name) const;

  // "hospital/name" of what is written as that, or as the name alone where only one hospital has it; of the list `kind` ("destinations", "feeds").
  Result<std::string> full_name(const char* kind, const std::string& written);

 private:
  Console(std::string url, std::string start) : client_(url), url_(std::move(url)), start_(std::move(start)), arena_(std::make_unique<fhir::Arena>()) {}
  Result<const fhir::Json*> ask(const std::string& method, const std::string& path, const std::string& text = {});

  net::HttpClient client_;
  std::string url_, start_;  // how the daemon is started
  std::string body_;
  std::unique_ptr<fhir::Arena> arena_;
  std::map<std::string, Zone, std::less<>> zones_;
  std::string first_hospital_;
};

// "?a=1&b=2" of what is not empty, escaped.
std::string query_of(const std::vector<std::pair<std::string, std::string>>& parameters);

std::int64_t number_at(const fhir::Json& json, std::string_view name);  // 0 when it is not there
const fhir::Json& list_at(const fhir::Json& json, std::string_view name);  // an empty one when it is not there
// "ORU^R01".
std::string type_of(const fhir::Json& message);

// Does `verb` ("pause", "stop") with the one of the list `kind` that is written so. `told` makes the line for people of its full name and the answer. The exit code.
int change(const Where& where, const char* kind, const std::string& written, const char* verb, const std::function<std::string(const std::string& name, const fhir::Json& answer)>& told);

// Tells it; the exit code: 2 when there is no daemon, else 1.
int failed(const Issue& issue);

}  // namespace yilian::daemon
