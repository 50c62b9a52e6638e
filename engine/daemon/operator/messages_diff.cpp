#include <algorithm>
#include <cstdio>

#include "engine/daemon/files.h"
#include "engine/daemon/operator/layout.h"
#include "engine/daemon/operator/operator.h"
#include "engine/hl7v2/message.h"

namespace yilian::daemon {
namespace {

using hl7v2::Message;

constexpr std::size_t kMostPaired = 2000;  // segments of each; in longer messages they are paired as they stand

struct Pair {
  std::size_t left, right;  // npos: only the other one has it
};

// Segments that belong together: of the same name, in order, as many alike as possible.
std::vector<Pair> paired(const Message& a, const Message& b) {
  const std::size_t n = a.segment_count(), m = b.segment_count();
  std::vector<Pair> out;
  if (n > kMostPaired || m > kMostPaired) {
    for (std::size_t i = 0; i < std::max(n, m); ++i) out.push_back({i < n ? i : Message::npos, i < m ? i : Message::npos});
    return out;
  }
  const auto worth = [&](std::size_t i, std::size_t j) {
    if (a.segment_id(i) != b.segment_id(j)) return 0u;
    if (a.segment_text(i) == b.segment_text(j)) return 4u;
    // What a repeated segment is about stands in its first fields: its set id, its code.
    return 1u + (a.field(i, 1) == b.field(j, 1) ? 1u : 0u) + (a.field(i, 3) == b.field(j, 3) ? 1u : 0u);
  };
  std::vector<std::vector<unsigned>> best(n + 1, std::vector<unsigned>(m + 1, 0));
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t j = m; j-- > 0;) {
      const unsigned together = worth(i, j);
      best[i][j] = std::max({best[i + 1][j], best[i][j + 1], together > 0 ? together + best[i + 1][j + 1] : 0u});
    }
  }
  std::size_t i = 0, j = 0;
  while (i < n || j < m) {
    const unsigned together = i < n && j < m ? worth(i, j) : 0;
    if (together > 0 && best[i][j] == together + best[i + 1][j + 1]) out.push_back({i++, j++});
    else if (j >= m || (i < n && best[i][j] == best[i + 1][j])) out.push_back({i++, Message::npos});
    else out.push_back({Message::npos, j++});
  }
  return out;
}

// "OBX[2]": counted within its name.
std::string place(const Message& message, std::size_t segment) {
  const auto id = message.segment_id(segment);
  std::size_t ordinal = 0, all = 0;
  for (std::size_t i = 0; i < message.segment_count(); ++i) {
    if (message.segment_id(i) != id) continue;
    ++all;
    if (i <= segment) ++ordinal;
  }
  return all == 1 ? std::string(id) : std::string(id) + "[" + std::to_string(ordinal) + "]";
}

Result<Message> message_of(Console& daemon, std::int64_t number) {
  YL_TRY(const auto* answer, daemon.get("messages/" + std::to_string(number)));
  auto read = Message::parse(std::string(answer->text_at("text")));
  if (!read) return fail(Code::bad_syntax, "cannot be read: " + read.error().line(), "message " + std::to_string(number));
  return read;
}

struct Difference {
  std::string place, left, right;
};

std::vector<Difference> differences(const Message& a, const Message& b) {
  std::vector<Difference> out;
  for (const Pair& pair : paired(a, b)) {
    if (pair.right == Message::npos) {
      out.push_back({place(a, pair.left), std::string(a.segment_text(pair.left)), "(not there)"});
    } else if (pair.left == Message::npos) {
      out.push_back({place(b, pair.right), "(not there)", std::string(b.segment_text(pair.right))});
    } else {
      const unsigned fields = std::max(a.field_count(pair.left), b.field_count(pair.right));
      for (unsigned field = 1; field <= fields; ++field) {
        const auto left = a.field(pair.left, field), right = b.field(pair.right, field);
        if (left != right) out.push_back({place(a, pair.left) + "-" + std::to_string(field), std::string(left), std::string(right)});
      }
    }
  }
  return out;
}

}  // namespace

int messages_diff(const Where& where, std::int64_t before, std::int64_t after) {
  auto console = Console::open(where);
  if (!console) return failed(console.error());
  const auto a = message_of(**console, before);
  if (!a) return failed(a.error());
  const auto b = message_of(**console, after);
  if (!b) return failed(b.error());
  const auto found = differences(*a, *b);
  std::string out;
  if (where.json) {
    for (const Difference& each : found) {
      out.append("{\"place\":");
      fhir::write_json_string(each.place, out);
      out.append(",\"before\":");
      fhir::write_json_string(each.left, out);
      out.append(",\"after\":");
      fhir::write_json_string(each.right, out);
      out.append("}\n");
    }
  } else if (found.empty()) {
    out = "Every field is the same.\n";
  } else {
    Table table({"FIELD", std::to_string(before), std::to_string(after)});
    for (const Difference& each : found) table.add({each.place, each.left, each.right});
    out = table.text();
  }
  put(out);
  return found.empty() ? 0 : 1;
}

}  // namespace yilian::daemon
