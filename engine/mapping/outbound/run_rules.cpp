// Rules on one item: what they write, and what counts as told by it.

#include <algorithm>

#include "engine/mapping/outbound/concept.h"
#include "engine/mapping/outbound/run.h"

namespace yilian::mapping::outbound {
namespace {

constexpr int kMostDepth = 12;  // of datatype maps in one another

bool is_reference(const Item& item) { return item.value != nullptr && item.value->is_object() && item.value->find("reference") != nullptr; }

}  // namespace

void Run::say(const fhir::Json* value, const Resource* of) {
  if (value != nullptr) saying_.emplace_back(value, of);
}

void Run::say_reads() {
  for (const auto* each : evaluator_.reads) saying_.emplace_back(each, nullptr);
}

void Run::commit() {
  said_.insert(said_.end(), saying_.begin(), saying_.end());
  saying_.clear();
}

void Run::close(bool sent) {
  for (const auto& [value, of] : said_) {
    if (!sent) break;
    ledger_.tell(*value);
    if (of != nullptr) placed_.insert(of);
  }
  said_.clear();
}

void Run::keep_out(const std::vector<Item>& items, const std::string& why) {
  for (const Item& item : items) {
    if (item.value != nullptr) ledger_.keep_out(*item.value, why);
  }
}

void Run::fill(const Map& map, const Item& here, Fields& fields, const Base& base) {
  if (++depth_ <= kMostDepth) {
    for (const auto& rule : map.rules) apply(rule, here, fields, base);
  }
  --depth_;
}

void Run::apply(const Rule& rule, const Item& here, Fields& fields, const Base& base) {
  // What an outer rule has read stays its own.
  std::vector<const fhir::Json*> outer;
  std::swap(outer, evaluator_.reads);
  if (!rule.when || evaluator_.test(*rule.when, here)) {
    if (rule.told) {
      std::vector<Item> items;
      evaluator_.items(*rule.told, here, items);
      for (const Item& item : items) {
        if (is_reference(item)) {
          links_.emplace_back(item.value, item.of);
          continue;
        }
        say(item.value, item.of);
        say(item.aside, item.of);
      }
    } else if (!rule.as) {
      plain(rule, here, fields, base);
    } else {
      std::vector<Item> items;
      if (rule.from->gives_items()) evaluator_.items(*rule.from, here, items);
      if (rule.from->op == Expression::Op::coalesce) {
        for (const auto& each : rule.from->args) {
          if (items.empty() && each.gives_items()) evaluator_.items(each, here, items);
        }
      }
      if (rule.first && items.size() > 1) items.resize(1);
      for (const Item& item : items) part(rule, item, fields, base);
    }
  }
  evaluator_.reads = std::move(outer);
}

std::optional<Address> Run::address(const Rule& rule, const Base& base, const Fields& fields) const {
  const Spot& to = rule.to;
  if (base.field == 0) {
    // A literal or a computed text is one value, wherever it stands.
    const bool many = rule.as != nullptr || !rule.split.empty() || (rule.from && (rule.from->gives_items() || rule.from->op == Expression::Op::coalesce));
    const bool next = rule.repeats && to.component == 0 && many;
    return Address{to.field, next ? fields.repetitions(to.field) + 1 : 1, std::max(1u, to.component), std::max(1u, to.subcomponent)};
  }
  if (base.component == 0) return Address{base.field, base.repetition, std::max(1u, to.component), std::max(1u, to.subcomponent)};
  if (to.subcomponent > 1) return std::nullopt;
  return Address{base.field, base.repetition, base.component, std::max(1u, to.component)};
}

// A composite: made aside, then put in its place if that is free.
void Run::part(const Rule& rule, const Item& given, Fields& fields, const Base& base) {
  const bool coded = given.type != nullptr && (given.type->name == "CodeableConcept" || given.type->name == "Coding");
  const Item item = coded ? as_wanted(given, rule.table, program_.profile.prefer, arena_, ledger_) : given;
  if (base.field != 0 && rule.to.component == 0) {
    const std::size_t size = fields.parts().size();
    const std::vector<const fhir::Json*> way = evaluator_.reads;
    fill(*rule.as, item, fields, base);
    if (fields.parts().size() > size) {
      for (const auto* each : way) saying_.emplace_back(each, nullptr);
    }
    return;
  }
  const auto at = address(rule, base, fields);
  if (!at) return;
  const bool whole = base.field == 0 && rule.to.component == 0;
  Base inner{at->field, 1, whole ? 0 : at->component};
  Fields made(fields.segment(), program_);
  const std::size_t before = saying_.size();
  std::vector<const fhir::Json*> read = evaluator_.reads;
  fill(*rule.as, item, made, inner);
  if (made.parts().empty()) {
    saying_.resize(before);
    return;
  }
  const auto says_same = [&](unsigned repetition) {
    return std::all_of(made.parts().begin(), made.parts().end(), [&](const Fields::Part& each) {
      return fields.text(each.at.field, repetition, each.at.component, each.at.subcomponent) == each.text;
    });
  };
  unsigned repetition = whole ? at->repetition : base.field == 0 ? 1 : base.repetition;
  bool same = false;
  for (unsigned i = 1; i <= fields.repetitions(at->field) && (whole || i == repetition) && !same; ++i) same = says_same(i);
  if (!same) {
    if (!(whole && rule.repeats) && fields.has(at->field, repetition, whole ? 0 : at->component)) {
      saying_.resize(before);
      return keep_out({given}, fields.reason({at->field, 1, whole ? 1 : at->component, 1}, Fields::Put::taken));
    }
    for (const auto& each : made.parts()) fields.put({each.at.field, repetition, each.at.component, each.at.subcomponent}, each.text, made.has_content());
  }
  for (const auto* each : read) saying_.emplace_back(each, nullptr);
}

std::optional<std::string> Run::converted(const Rule& rule, const Item& item, const Fields& fields, const Address& at) {
  std::string text(item.value->text());
  if (rule.table != nullptr) {
    const auto code = rule.table->code(text);
    if (!code.empty()) return std::string(code);
    if (rule.otherwise) return rule.otherwise;
    ledger_.keep_out(*item.value, "table " + rule.table->name + " has no code for it");
    return std::nullopt;
  }
  if (rule.value) return rule.value;
  const auto type = program_.version.datatype(fields.segment(), at.field, at.component == 1 ? 0 : at.component);
  auto made = hl7_text(item.type == nullptr ? "string" : item.type->name, text, type, program_.profile.clock);
  if (!made) ledger_.keep_out(*item.value, "not a value that HL7 can write");
  if (made && type == "DT" && text.size() > 10) ledger_.cut(*item.value, fields.segment() + "-" + std::to_string(at.field) + " holds a day, the time is left out");
  return made;
}

void Run::plain_item(const Rule& rule, const Item& item, Fields& fields, const Base& base) {
  if (item.value == nullptr || item.value->text().empty()) return;
  const auto at = address(rule, base, fields);
  if (!at) return;
  if (auto text = converted(rule, item, fields, *at); text) put_text(rule, *text, {item}, fields, base);
}

void Run::put_text(const Rule& rule, const std::string& text, const std::vector<Item>& from, Fields& fields, const Base& base) {
  std::string_view rest = text;
  do {
    std::string_view piece = rest;
    if (!rule.split.empty()) {
      const auto cut = rest.find(rule.split);
      piece = rest.substr(0, cut);
      rest = cut == std::string_view::npos ? std::string_view() : rest.substr(cut + rule.split.size());
    } else {
      rest = {};
    }
    const auto at = address(rule, base, fields);
    if (!at) return;
    const auto put = fields.put(*at, piece, !from.empty());
    if (put != Fields::Put::written && put != Fields::Put::same) {
      const std::string why = fields.reason(*at, put);
      for (const auto* each : evaluator_.reads) ledger_.keep_out(*each, why);
      return keep_out(from, why);
    }
  } while (!rest.empty());
  for (const Item& item : from) say(item.value, item.of);
  say_reads();
}

void Run::plain(const Rule& rule, const Item& here, Fields& fields, const Base& base) {
  if (!rule.from) {
    const auto at = address(rule, base, fields);
    if (!at) return;
    const auto put = fields.put(*at, *rule.value, false);
    if (put == Fields::Put::written || put == Fields::Put::same) say_reads();
    return;
  }
  std::vector<Item> items;
  const auto& from = *rule.from;
  if (from.gives_items()) evaluator_.items(from, here, items);
  if (from.op == Expression::Op::coalesce) {
    for (const auto& each : from.args) {
      if (!items.empty()) break;
      if (each.gives_items()) {
        evaluator_.items(each, here, items);
      } else if (const auto text = evaluator_.text(each, here); !text.empty()) {
        return put_text(rule, rule.value ? *rule.value : text, {Item{nullptr, nullptr, here.of, nullptr}}, fields, base);
      }
    }
  } else if (!from.gives_items()) {
    auto text = evaluator_.text(from, here);
    if (text.empty()) {
      if (rule.otherwise) fields.put(*address(rule, base, fields), *rule.otherwise, false);
      return;
    }
    // A text that only the clock, the event or the receiver says is no content.
    std::vector<Item> said;
    if (!evaluator_.reads.empty()) said.push_back(Item{nullptr, nullptr, here.of, nullptr});
    return put_text(rule, rule.value ? *rule.value : text, said, fields, base);
  }
  std::erase_if(items, [](const Item& item) { return item.value == nullptr || item.value->text().empty(); });
  if (items.empty()) {
    if (rule.otherwise) fields.put(*address(rule, base, fields), *rule.otherwise, false);
    return;
  }
  if (rule.first) items.resize(1);
  if (!rule.join) {
    for (const Item& item : items) plain_item(rule, item, fields, base);
    return;
  }
  std::string text;
  for (const Item& item : items) {
    const auto at = address(rule, base, fields);
    const auto one = at ? converted(rule, item, fields, *at) : std::nullopt;
    if (!one) continue;
    if (!text.empty()) text += *rule.join;
    text += *one;
  }
  if (!text.empty()) put_text(rule, text, items, fields, base);
}

}  // namespace yilian::mapping::outbound
