// libFuzzer: any bytes through splitting, reading, arranging, walking, unescaping, building and answering. A broken
// promise of the headers aborts.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/hl7v2/batch.h"
#include "engine/hl7v2/builder.h"
#include "engine/hl7v2/escape.h"
#include "engine/hl7v2/grammar.h"

namespace {

using namespace yilian;
using namespace yilian::hl7v2;

constexpr std::size_t kMostParts = 50;  // of a kind that are looked at; a walk over all pairs would take quadratic time

void require(bool promise) {
  if (!promise) std::abort();
}

bool within(std::string_view part, std::string_view whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void walk_field(std::string_view field, const Delimiters& d) {
  const std::size_t repetitions = repetition_count(field, d);
  for (std::size_t r = 1; r <= repetitions && r <= kMostParts; ++r) {
    const std::string_view one = repetition(field, r, d);
    require(within(one, field));
    for (std::size_t c = 1; c <= 30; ++c) {
      const std::string_view part = component(one, c, d);
      require(within(part, one));
      require(within(subcomponent(part, 2, d), part));
      if (part.empty()) continue;
      const std::string plain = unescape(part, d);
      require(unescape(escape(plain, d), d) == plain);
    }
  }
  require(repetition(field, repetitions + 1, d).empty());
}

void walk(const Message& message) {
  require(message.segment_count() > 0 && message.segment_id(0) == "MSH");
  for (std::size_t s = 0; s < message.segment_count(); ++s) {
    require(within(message.segment_text(s), message.text()) && message.segment_id(s).size() == 3);
    require(s == 0 || message.segment_id(s) != "MSH");
    const unsigned fields = message.field_count(s);
    for (unsigned f = 1; f <= fields; ++f) {
      const std::string_view field = message.field(s, f);
      require(within(field, message.segment_text(s)));
      if (s > 0 || f > 2) walk_field(field, message.delimiters());
    }
    require(message.field(s, fields + 1).empty() && message.field(s, 0).empty());
  }
}

void arrange(const Message& message, const Particle& structure) {
  const Tree tree = Tree::arrange(message, structure);
  const auto& nodes = tree.nodes();
  std::size_t standing = 0;
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    const auto& node = nodes[n];
    const auto& parent = nodes[node.parent];
    require(node.first_segment <= node.last_segment && parent.first_segment <= node.first_segment &&
            node.last_segment <= parent.last_segment);
    for (const auto segment : node.segments)
      require(segment >= node.first_segment && segment < node.last_segment && tree.group_of(segment) == n);
    standing += node.segments.size();
  }
  require(standing == message.segment_count());
  require(tree.notices().size() <= 51);
}

// What we answer is HL7 that we can read ourselves, whatever was asked.
void answer(const Message* message, const Issue* issue) {
  Acknowledgement ack;
  ack.code = issue == nullptr ? "AA" : "AE";
  ack.control_id = "Y1";
  ack.issue = issue;
  const auto read = Message::parse(acknowledge(message, ack));
  require(read.has_value() && read->type() == "ACK" && read->find("MSA") == 1);
  require(read->segment_count() == (issue == nullptr ? 2u : 3u));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  const Batch batch = split(raw);
  std::string_view last;
  for (const std::string_view one : batch.messages) {
    require(!one.empty() && within(one, raw) && (last.empty() || one.data() >= last.data() + last.size()));
    last = one;
    const auto read = hl7v2::read(one, text::Charset::latin1);
    if (!read) {
      require(!read.error().what.empty());
      answer(nullptr, &read.error());
      continue;
    }
    const Message& message = read->message;
    walk(message);
    for (const std::string_view name :
         {message.structure(), std::string_view("ORU_R01"), std::string_view("ADT_A01"), std::string_view("OML_O21")}) {
      if (const Particle* known = structure(name)) arrange(message, *known);
    }
    const Issue issue{Code::bad_value, Severity::error, std::string(message.control_id().substr(0, 40)), "a value",
                      "another"};
    answer(&message, nullptr);
    answer(&message, &issue);
  }
  return 0;
}
