#pragma once
// A hospital as its file describes it: who sends, over what, in which dialect, and where it goes.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/config.h"
#include "engine/mapping/mapping.h"
#include "engine/routing/route.h"
#include "engine/text/encoding.h"
#include "engine/validation/screening.h"

namespace yilian::routing {

// What a feed does with a message that it cannot read or map. Both keep it with its error.
enum class OnError : std::uint8_t {
  refuse,  // the sender is told: AE or AR with an ERR segment
  park,    // the sender is told AA, and people find it parked
};

// When the sender gets its answer.
enum class AnswerWhen : std::uint8_t {
  committed,  // the message is on disk
  delivered,  // all its deliveries have ended as well
};

struct Feed {
  std::string name;                     // "his"
  std::string system;                   // what people call the sending system: "HIS"
  std::string adapter;                  // "mllp"
  config::Node settings;                // the adapter's own
  std::optional<std::string> application, facility;  // MSH-3.1 and MSH-4.1 that this feed's sender uses
  std::optional<text::Charset> charset; // for bytes that are neither what MSH-18 says, nor UTF-8, nor GB18030
  OnError on_error = OnError::refuse;
  validation::Screening validation;     // of what its messages become
  bool stores = true;                   // resources are made of its messages; false: they are only kept and routed
  AnswerWhen answer = AnswerWhen::committed;
  std::string answer_from;              // the destination whose answer the sender gets; empty: our own
  Instant answer_within = 30'000'000;   // then it hears that it takes longer
  mapping::Context context;
};

struct Hospital {
  std::string code;   // "xinghe-first": part of ids and URIs, so it never changes
  std::string name;   // "星河市第一人民医院"
  std::string level;  // "三级甲等", for people
  std::vector<Feed> feeds;
  std::vector<Destination> destinations;
  std::vector<Route> routes;
  config::Node mapping_changes;
  std::shared_ptr<const mapping::Mapping> mapping;  // set by Directory
  std::string place;  // where it is written, for messages to people
};

// Everything wrong with the file goes to `issues`; nothing comes back then.
// `validation`: of feeds that do not say.
std::optional<Hospital> read_hospital(const config::Node& file, std::vector<Issue>& issues, const validation::Screening& validation = {});

// Small letters, digits, hyphens; at most 48.
bool is_name(std::string_view text);

// "urn:yilian:<hospital>:<feed>": Resource.meta.source of what a feed brings.
std::string source_uri(const Hospital& hospital, const Feed& feed);

}  // namespace yilian::routing
