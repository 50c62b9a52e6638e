#include "engine/routing/process.h"

#include <xxhash.h>

#include "engine/hl7v2/message.h"
#include "engine/identity/person.h"
#include "engine/routing/acknowledgement.h"

namespace yilian::routing {
namespace {

constexpr char kReplySeparator = '\x1C';  // never inside a message that we build

void take_header(const hl7v2::Message& message, journal::Entry& entry) {
  entry.type = std::string(message.type());
  entry.event = std::string(message.event());
  entry.structure = std::string(message.structure());
  entry.control_id = std::string(message.control_id());
  entry.sender.append(message.field(0, 3)).append("|").append(message.field(0, 4));
}

// A message that cannot be decoded whole may still have a readable header: enough for an answer that names it.
std::optional<hl7v2::Message> header_of(std::string_view raw) {
  const std::size_t begin = raw.find("MSH");
  if (begin == std::string_view::npos || begin > 16) return std::nullopt;
  std::string_view line = raw.substr(begin, 4096);
  line = line.substr(0, line.find_first_of("\r\n"));
  std::string ascii;
  for (const char c : line) {
    if (static_cast<unsigned char>(c) < 0x80) ascii.push_back(c);
  }
  auto parsed = hl7v2::Message::parse(std::move(ascii));
  if (!parsed) return std::nullopt;
  return std::move(*parsed);
}

journal::Entry begin_entry(const Inlet& inlet, const Arrival& arrival) {
  journal::Entry entry;
  entry.received = arrival.received;
  entry.peer = std::string(arrival.peer);
  entry.raw = std::string(arrival.raw);
  if (inlet.feed != nullptr) {
    entry.hospital = inlet.hospital->code;
    entry.feed = inlet.feed->name;
  }
  return entry;
}

// Closes a message that something was wrong with.
Processed refused(journal::Entry entry, const Feed* feed, const hl7v2::Message* message, const Issue& issue) {
  Processed result;
  const bool park = feed != nullptr && feed->on_error == OnError::park;
  const bool reject = facts(issue.code).reject;
  entry.state = park || !reject ? journal::State::parked : journal::State::refused;
  entry.error = issue.line();
  result.error = entry.error;
  result.cause = issue.code;
  result.accepted = park;
  result.replies = answers(message, {true, park ? nullptr : &issue, text::charset_named(entry.charset).value_or(text::Charset::utf8)});
  entry.answer = join_replies(result.replies);
  result.entry = journal::prepare(std::move(entry));
  return result;
}

// Closes a message that all was well with.
Processed accepted(Processed result, journal::Entry entry, const hl7v2::Message& message, text::Charset charset) {
  result.accepted = true;
  result.replies = answers(&message, {true, nullptr, charset});
  result.accepts_first = accepts_first(message) && !result.replies.empty();
  entry.state = journal::State::stored;
  entry.answer = join_replies(result.replies);
  result.entry = journal::prepare(std::move(entry));
  return result;
}

// What is marked is told with the message as well.
Result<void> screen(const Feed& feed, mapping::Mapped& mapped, journal::Entry& entry) {
  if (feed.validation.mode == validation::Mode::off) return {};
  for (mapping::Made& made : mapped.resources) {
    validation::Findings findings;
    YL_CHECK(validation::screen(feed.validation, *made.resource, *mapped.arena, &findings));
    for (const validation::Finding& finding : findings) {
      if (validation::is_error(finding)) entry.notices.emplace_back(finding.where, "not valid: " + validation::text_of(finding));
    }
  }
  return {};
}

std::int64_t key_of(std::string_view text) { return static_cast<std::int64_t>(XXH3_64bits(text.data(), text.size())); }

// Who it is about, of a message that is only passed on: the first number of PID-3.
std::string patient_named(const hl7v2::Message& message) {
  const std::size_t pid = message.find("PID");
  if (pid == hl7v2::Message::npos) return {};
  const auto& d = message.delimiters();
  return std::string(hl7v2::component(hl7v2::repetition(message.field(pid, 3), 1, d), 1, d));
}

void address(const Inlet& inlet, const hl7v2::Message& message, const mapping::Mapped* mapped, const journal::Entry& entry, Processed& result) {
  if (inlet.hospital->routes.empty()) return;
  std::vector<const fhir::Json*> resources;
  if (mapped != nullptr) {
    for (const mapping::Made& made : mapped->resources) resources.push_back(made.resource);
  }
  result.addressed = addressed(inlet.hospital->routes, {inlet.feed->name, message, resources, entry.received});
  if (result.addressed.empty()) return;
  const std::string feed = inlet.hospital->code + "/" + inlet.feed->name;
  const std::string patient = !entry.patient.empty() ? entry.patient : mapped == nullptr ? patient_named(message) : std::string();
  result.feed_key = key_of(feed);
  result.patient_key = patient.empty() ? result.feed_key : key_of(inlet.hospital->code + "|" + patient);
}

Result<void> prepare_pieces(mapping::Mapped& mapped, const Inlet& inlet, Processed& result, std::string& patient) {
  const std::string_view source = mapped.arena->copy(source_uri(*inlet.hospital, *inlet.feed));
  records::Preparation preparation;
  const auto add = [&](fhir::Json& resource, std::vector<std::string> cleared, std::vector<std::string> assumed, mapping::Rank rank) -> Result<void> {
    YL_TRY(auto prepared, preparation.add(resource, source, *mapped.arena));
    result.pieces.push_back({std::move(prepared), std::move(cleared), std::move(assumed), static_cast<std::uint8_t>(rank)});
    return {};
  };
  result.pieces.reserve(mapped.resources.size() + 1);
  for (mapping::Made& made : mapped.resources) {
    fhir::Json* person = nullptr;
    if (made.type == "Patient") {
      if (patient.empty()) patient.append("Patient/").append(made.id);
      person = identity::person_of(*made.resource, *mapped.arena);
    }
    YL_CHECK(add(*made.resource, std::move(made.cleared), std::move(made.assumed), made.rank));
    if (person != nullptr) YL_CHECK(add(*person, {}, {}, mapping::Rank::said));
  }
  result.packs = preparation.pack();
  result.event_time = mapped.event_time;
  return {};
}

}  // namespace

Sender skim_sender(std::string_view raw) {
  const std::size_t begin = raw.find("MSH");
  if (begin == std::string_view::npos || begin + 9 > raw.size() || begin > 16) return {};
  std::string_view line = raw.substr(begin, 4096);
  line = line.substr(0, line.find_first_of("\r\n"));
  const char separator = line[3], component = line[4];
  const auto field = [&](int number) {
    std::size_t at = 3;
    for (int i = 1; i < number - 1; ++i) {
      at = line.find(separator, at + 1);
      if (at == std::string_view::npos) return std::string_view();
    }
    std::string_view value = line.substr(at + 1);
    value = value.substr(0, value.find(separator));
    return value.substr(0, value.find(component));
  };
  return {field(3), field(4)};
}

std::string join_replies(const std::vector<std::string>& replies) {
  std::string joined;
  for (const auto& reply : replies) joined.append(reply).push_back(kReplySeparator);
  return joined;
}

std::vector<std::string> split_replies(std::string_view joined) {
  std::vector<std::string> replies;
  while (!joined.empty()) {
    const std::size_t end = joined.find(kReplySeparator);
    replies.emplace_back(joined.substr(0, end));
    joined.remove_prefix(end == std::string_view::npos ? joined.size() : end + 1);
  }
  return replies;
}

Processed process(const Inlet& inlet, const Arrival& arrival) {
  journal::Entry entry = begin_entry(inlet, arrival);
  const auto otherwise = inlet.feed != nullptr ? inlet.feed->charset : std::nullopt;
  auto read = hl7v2::read(arrival.raw, otherwise);
  if (!read) {
    const auto header = header_of(arrival.raw);
    if (header) take_header(*header, entry);
    return refused(std::move(entry), inlet.feed, header ? &*header : nullptr, read.error());
  }
  const hl7v2::Message& message = read->message;
  take_header(message, entry);
  entry.charset = std::string(text::name(read->charset));
  for (const auto& notice : message.notices()) entry.notices.emplace_back(notice.where, notice.what);
  if (inlet.feed == nullptr) {
    const Issue issue{Code::unknown_sender, Severity::error, "MSH-3, MSH-4", "no feed takes messages of '" + entry.sender + "' here",
                      "the receiving side must add this sender to a hospital's file"};
    return refused(std::move(entry), nullptr, &message, issue);
  }
  if (!inlet.feed->stores) {
    Processed result;
    address(inlet, message, nullptr, entry, result);
    return accepted(std::move(result), std::move(entry), read->message, read->charset);
  }
  auto mapped = inlet.hospital->mapping->run(message, inlet.feed->context);
  entry.mapping = inlet.hospital->mapping->fingerprint();
  if (!mapped) return refused(std::move(entry), inlet.feed, &message, mapped.error());
  for (const auto& notice : mapped->notices) entry.notices.emplace_back(notice.where, notice.what);
  if (auto screened = screen(*inlet.feed, *mapped, entry); !screened) return refused(std::move(entry), inlet.feed, &message, screened.error());

  Processed result;
  if (auto prepared = prepare_pieces(*mapped, inlet, result, entry.patient); !prepared) {
    return refused(std::move(entry), inlet.feed, &message, prepared.error());
  }
  address(inlet, message, &*mapped, entry, result);
  return accepted(std::move(result), std::move(entry), message, read->charset);
}

Processed parked(const Inlet& inlet, const Arrival& arrival, const Issue& issue) {
  journal::Entry entry = begin_entry(inlet, arrival);
  const auto read = hl7v2::read(arrival.raw, inlet.feed != nullptr ? inlet.feed->charset : std::nullopt);
  if (read) {
    take_header(read->message, entry);
    entry.charset = std::string(text::name(read->charset));
  }
  return refused(std::move(entry), inlet.feed, read ? &read->message : nullptr, issue);
}

Processed noise(const Arrival& arrival, const std::string& why, std::size_t size, bool answer, Code code) {
  Processed result;
  journal::Entry entry = begin_entry({}, arrival);
  const auto header = header_of(arrival.raw);
  if (header) take_header(*header, entry);
  entry.state = journal::State::noise;
  Issue issue{code, Severity::error, "", why + " (" + std::to_string(size) + " bytes)",
              code == Code::too_large ? "send smaller messages, or raise max-message of the feed" : "send HL7 v2 messages in MLLP frames"};
  entry.error = issue.line();
  result.error = entry.error;
  result.cause = code;
  if (answer) result.replies = answers(header ? &*header : nullptr, {true, &issue});
  entry.answer = join_replies(result.replies);
  result.entry = journal::prepare(std::move(entry));
  return result;
}

}  // namespace yilian::routing
