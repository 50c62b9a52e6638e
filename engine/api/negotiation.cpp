#include "engine/api/negotiation.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

namespace yilian::api {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  const std::size_t begin = text.find_first_not_of(kBlank);
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin, text.find_last_not_of(kBlank) + 1 - begin);
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return out;
}

// Calls take(item) for each part of a list, trimmed.
template <class Take>
void each_of(std::string_view list, char separator, Take take) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(separator), list.size());
    if (const std::string_view item = trimmed(list.substr(0, end)); !item.empty()) take(item);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

// The value of a parameter of a media type, without quotes, in small letters.
std::string parameter_of(std::string_view header, std::string_view name) {
  std::string found;
  bool first = true;
  each_of(header, ';', [&](std::string_view item) {
    const std::size_t equals = item.find('=');
    if (!std::exchange(first, false) && equals != std::string_view::npos && lower(trimmed(item.substr(0, equals))) == name) {
      found = lower(trimmed(item.substr(equals + 1)));
    }
  });
  std::erase(found, '"');
  return found;
}

// "json", "application/fhir+json", and older and plainer names. A "+" in a query may have become a blank.
std::optional<Format> format_named(std::string_view name) {
  std::string type = media_type(name);
  std::ranges::replace(type, ' ', '+');
  for (const char* json : {"json", "application/json", "application/fhir+json", "application/json+fhir", "text/json"}) {
    if (type == json) return Format::json;
  }
  for (const char* xml : {"xml", "application/xml", "application/fhir+xml", "application/xml+fhir", "text/xml"}) {
    if (type == xml) return Format::xml;
  }
  return std::nullopt;
}

bool another_version(std::string_view header) {
  const std::string version = parameter_of(header, "fhirversion");
  return !version.empty() && version != "4.0" && version != "4.0.1";
}

Failure not_served(std::string_view what) {
  return fail(Code::unsupported_media, "'" + std::string(what.substr(0, 200)) + "' is not served", "Accept",
              "ask for application/fhir+json or application/fhir+xml");
}

}  // namespace

std::string media_type(std::string_view header) { return lower(trimmed(header.substr(0, header.find(';')))); }

std::string_view parameter(const net::Request& request, std::string_view name) {
  std::string_view found;
  for (const auto& [key, value] : request.query) {
    if (key == name) found = value;
  }
  return found;
}

bool wants_pretty(const net::Request& request) { return parameter(request, "_pretty") == "true"; }

Result<Format> wanted_format(const net::Request& request) {
  if (const std::string_view asked = parameter(request, "_format"); !asked.empty()) {
    const auto format = format_named(asked);
    if (!format || another_version(asked)) return not_served(asked);
    return *format;
  }
  std::string accept;  // several lines are one list
  for (const auto& [key, value] : request.headers) {
    if (lower(key) == "accept") accept.append(accept.empty() ? "" : ",").append(value);
  }
  if (trimmed(accept).empty()) return Format::json;
  double json = 0;
  double xml = 0;
  each_of(accept, ',', [&](std::string_view item) {
    const std::string q = parameter_of(item, "q");
    const double quality = q.empty() ? 1.0 : std::strtod(q.c_str(), nullptr);
    const std::string type = media_type(item);
    if (another_version(item)) return;
    if (const auto format = format_named(type)) {
      double& best = *format == Format::json ? json : xml;
      best = std::max(best, quality);
    } else if (type == "*/*" || type == "application/*" || type == "text/html" || type == "text/*") {
      json = std::max(json, quality);
    }
  });
  if (json <= 0 && xml <= 0) return not_served(accept);
  return xml > json ? Format::xml : Format::json;
}

bool is_format(std::string_view content_type) { return format_named(content_type).has_value(); }

bool names_format(const net::Request& request) {
  if (!parameter(request, "_format").empty()) return true;
  bool named = false;
  for (const auto& [key, value] : request.headers) {
    if (lower(key) == "accept") each_of(value, ',', [&named](std::string_view item) { named = named || is_format(item); });
  }
  return named;
}

Result<Format> body_format(std::string_view content_type) {
  if (trimmed(content_type).empty()) return Format::json;
  const auto format = format_named(content_type);
  const std::string charset = parameter_of(content_type, "charset");
  if (!format || another_version(content_type)) {
    return fail(Code::unsupported_media, "'" + std::string(content_type.substr(0, 200)) + "' is not taken", "Content-Type",
                "send application/fhir+json or application/fhir+xml");
  }
  if (!charset.empty() && charset != "utf-8" && charset != "us-ascii") {
    return fail(Code::unsupported_media, "the charset '" + charset + "' is not taken", "Content-Type", "send UTF-8");
  }
  return *format;
}

Preferences preferences(const net::Request& request) {
  using Return = Preferences::Return;
  using Handling = Preferences::Handling;
  Preferences out;
  for (const auto& [key, value] : request.headers) {
    if (lower(key) != "prefer") continue;
    std::string list = value;
    std::ranges::replace(list, ';', ',');
    each_of(list, ',', [&out](std::string_view item) {
      std::string text = lower(item);
      std::erase_if(text, [](char c) { return c == ' ' || c == '"'; });
      if (text.starts_with("return=") && out.returned == Return::unsaid) {
        const std::string_view how = std::string_view(text).substr(7);
        if (how == "minimal") out.returned = Return::minimal;
        if (how == "representation") out.returned = Return::representation;
        if (how == "operationoutcome") out.returned = Return::outcome;
      } else if (out.handling == Handling::unsaid) {
        if (text == "handling=strict") out.handling = Handling::strict;
        if (text == "handling=lenient") out.handling = Handling::lenient;
      }
    });
  }
  return out;
}

std::string applied(const Preferences& preferences, bool returns, bool handles) {
  constexpr const char* kReturns[] = {"", "return=minimal", "return=representation", "return=OperationOutcome"};
  constexpr const char* kHandles[] = {"", "handling=strict", "handling=lenient"};
  std::string out = returns ? kReturns[static_cast<std::size_t>(preferences.returned)] : "";
  const std::string handling = handles ? kHandles[static_cast<std::size_t>(preferences.handling)] : "";
  if (!out.empty() && !handling.empty()) out += ", ";
  return out + handling;
}

}  // namespace yilian::api
