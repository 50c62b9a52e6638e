#include "engine/mapping/outbound/evaluate.h"
#include "engine/text/base64.h"
#include "engine/text/encoding.h"

#include <algorithm>


namespace yilian::mapping::outbound {
namespace {

constexpr std::size_t kMostItems = 100'000;

bool plain_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// Does the resource refer to `to` from this path of element names?
bool refers(const fhir::Json& json, std::string_view path, const Resource& from, const Resource& to, const Graph& graph) {
  if (json.is_array()) {
    return std::any_of(json.items().begin(), json.items().end(), [&](const fhir::Json& each) { return refers(each, path, from, to, graph); });
  }
  if (path.empty()) return graph.find(json, from) == &to;
  const auto dot = path.find('.');
  const fhir::Json* next = json.find(path.substr(0, dot));
  return next != nullptr && refers(*next, dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1), from, to, graph);
}

}  // namespace

void Evaluator::items(const Path& path, const Item& here, std::vector<Item>& out) {
  std::vector<Item> items{here};
  for (const auto& each : path.steps) {
    step(each, items);
    if (items.empty()) return;
  }
  for (Item& item : items) {
    if (item.value == nullptr && item.aside == nullptr) continue;
    if (item.type == nullptr) item.type = path.type;
    out.push_back(item);
  }
}

void Evaluator::items(const Expression& operand, const Item& here, std::vector<Item>& out) {
  operand.op == Expression::Op::fhirpath ? ask(*operand.fhirpath, here, out) : items(operand.path, here, out);
}

void Evaluator::step(const Step& step, std::vector<Item>& items) {
  std::vector<Item> next;
  const auto add = [&](const fhir::Json* value, const fhir::Json* aside, const Resource* of) {
    if (next.size() < kMostItems) next.push_back({value, aside, of, nullptr});
  };
  switch (step.op) {
    case Step::Op::variable: {
      const auto found = variables.find(step.name);
      if (found != variables.end()) next = found->second;
      break;
    }
    case Step::Op::every:
      for (const auto& each : graph_.all()) {
        if (each.type == step.type && each.outer == nullptr) add(each.json, nullptr, &each);
      }
      break;
    case Step::Op::element:
      for (const Item& item : items) {
        const fhir::Json* value = item.value != nullptr && item.value->is_object() ? item.value->find(step.name) : nullptr;
        const fhir::Json* aside = item.value != nullptr && item.value->is_object() ? item.value->find(step.aside) : nullptr;
        if (value == nullptr && item.aside != nullptr) value = item.aside->find(step.name);
        if (value != nullptr && value->is_array()) {
          const auto beside = aside == nullptr ? std::span<const fhir::Json>() : aside->items();
          std::size_t i = 0;
          for (const auto& each : value->items()) {
            add(&each, i < beside.size() ? &beside[i] : nullptr, item.of);
            ++i;
          }
        } else if (value != nullptr || aside != nullptr) {
          add(value, aside, item.of);
        }
      }
      break;
    case Step::Op::follow:
      for (const Item& item : items) {
        if (item.value == nullptr || item.of == nullptr) continue;
        const Resource* to = graph_.find(*item.value, *item.of);
        if (to == nullptr || to->type != step.type) continue;
        if (!silent_) {
          for (const auto& member : item.value->members()) reads.push_back(&member.value);
        }
        add(to->json, nullptr, to);
      }
      break;
    case Step::Op::referrer:
      for (const Item& item : items) {
        if (item.of == nullptr) continue;
        for (const Resource* each : graph_.referring(*item.of)) {
          if (each->type == step.type && refers(*each->json, step.name, *each, *item.of, graph_)) add(each->json, nullptr, each);
        }
      }
      break;
    case Step::Op::at:
      if (step.index < items.size()) next.push_back(items[step.index]);
      break;
    case Step::Op::where:
      for (const Item& item : items) {
        const std::size_t before = reads.size();
        if (test(*step.condition, item)) {
          next.push_back(item);
        } else {
          reads.resize(before);
        }
      }
      break;
  }
  items = std::move(next);
}

bool Evaluator::compare(const std::string& op, const std::string& a, const std::string& b) {
  if (op == "=") return a == b;
  if (!plain_number(a) || !plain_number(b)) {
    const int order = a.compare(b);
    return op == "<" ? order < 0 : op == "<=" ? order <= 0 : op == ">" ? order > 0 : order >= 0;
  }
  const int order = hl7v2::compare_numbers(a, b);
  return op == "<" ? order < 0 : op == "<=" ? order <= 0 : op == ">" ? order > 0 : order >= 0;
}

bool Evaluator::test(const Expression& e, const Item& here) {
  using Op = Expression::Op;
  switch (e.op) {
    case Op::either:
      return std::any_of(e.args.begin(), e.args.end(), [&](const auto& each) { return test(each, here); });
    case Op::both: {
      const std::size_t before = reads.size();
      const bool all = std::all_of(e.args.begin(), e.args.end(), [&](const auto& each) { return test(each, here); });
      if (!all) reads.resize(before);
      return all;
    }
    case Op::negate: {
      const bool was = silent_;
      silent_ = true;
      const bool inner = test(e.args[0], here);
      silent_ = was;
      return !inner;
    }
    case Op::compare:
    case Op::among:
    case Op::matches: {
      const std::size_t before = reads.size();
      std::vector<std::string> left;
      texts(e.args[0], here, left);
      bool found = false, unequal = e.op == Op::compare && e.text == "!=";
      if (e.op == Op::matches) {
        found = std::any_of(left.begin(), left.end(), [&](const auto& each) { return RE2::PartialMatch(each, *e.regex); });
      } else {
        std::vector<std::string> right;
        for (std::size_t i = 1; i < e.args.size(); ++i) texts(e.args[i], here, right);
        const std::string equal = "=";
        const std::string& op = e.op == Op::among || unequal ? equal : e.text;
        for (const auto& a : left) {
          for (const auto& b : right) found |= compare(op, a, b);
        }
      }
      // Only an equality says what the value is.
      const bool says = found && !unequal && (e.op == Op::among || e.text == "=");
      if (!says) reads.resize(before);
      return unequal ? !found : found;
    }
    case Op::path: {
      const std::size_t before = reads.size();
      std::vector<Item> found;
      items(e.path, here, found);
      reads.resize(before);
      return std::any_of(found.begin(), found.end(), [](const Item& item) {
        return item.value != nullptr && (item.value->size() > 0 || item.value->kind() == fhir::Json::Kind::boolean);
      });
    }
    case Op::fhirpath:
      return holds(*e.fhirpath, here);
    default: {
      const std::size_t before = reads.size();
      const bool valued = !text(e, here).empty();
      reads.resize(before);
      return valued;
    }
  }
}

std::string Evaluator::text(const Expression& operand, const Item& here) {
  std::vector<std::string> all;
  texts(operand, here, all);
  return all.empty() ? std::string() : std::move(all.front());
}

void Evaluator::texts(const Expression& e, const Item& here, std::vector<std::string>& out) {
  using Op = Expression::Op;
  if (e.op == Op::literal) {
    out.push_back(e.text);
  } else if (e.gives_items()) {
    std::vector<Item> found;
    items(e, here, found);
    for (const Item& item : found) {
      if (item.value == nullptr || item.value->text().empty()) continue;
      if (!silent_) reads.push_back(item.value);
      out.emplace_back(item.value->text());
    }
  } else if (e.op == Op::coalesce) {
    for (const auto& each : e.args) {
      const std::size_t before = out.size();
      texts(each, here, out);
      if (out.size() > before) return;
    }
  } else if (e.op == Op::call) {
    auto made = call(e, here);
    if (!made.empty()) out.push_back(std::move(made));
  }
}

std::string Evaluator::call(const Expression& e, const Item& here) {
  const std::string& f = e.text;
  const auto& profile = program_.profile;
  if (f == "version") return profile.version;
  if (f == "event") return event;
  if (f == "now") return now;
  if (f == "option") return profile.options.at(e.args[0].text);
  if (f == "profile") {
    const auto found = profile.header.find(e.args[0].text);
    return found == profile.header.end() ? std::string() : found->second;
  }
  if (f == "count") {
    const std::size_t before = reads.size();
    std::vector<Item> found;
    if (e.args[0].gives_items()) items(e.args[0], here, found);
    reads.resize(before);
    return std::to_string(found.size());
  }
  if (f == "concat" || f == "words") {
    std::string out;
    for (const auto& each : e.args) {
      std::vector<std::string> all;
      texts(each, here, all);
      for (const auto& part : all) {
        if (f == "words" && !out.empty()) out += ' ';
        out += part;
      }
    }
    return out;
  }
  const std::string first = text(e.args[0], here);
  if (f == "length") return std::to_string(characters(first));
  if (f == "name") return profile.names.authority(first);
  if (f == "universal") return profile.names.universal(first);
  if (f == "universal-type") return profile.names.universal_type(first);
  if (f == "coding") return first.empty() ? first : profile.names.coding(first);
  if (f == "plain") {
    auto plain = text::from_base64(first);
    return plain && text::valid_utf8(*plain) ? *std::move(plain) : std::string();
  }
  if (f == "first-line") return first.substr(0, first.find('\n'));
  if (f == "upper") {
    std::string out = first;
    for (char& c : out) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return out;
  }
  if (f == "table") {
    const auto found = program_.tables.find(e.args[1].text);
    return found == program_.tables.end() ? std::string() : std::string(found->second.code(first));
  }
  if (f == "match") {
    std::string out;
    if (e.regex->NumberOfCapturingGroups() == 0) {
      re2::StringPiece whole;
      if (e.regex->Match(first, 0, first.size(), RE2::UNANCHORED, &whole, 1)) out.assign(whole.data(), whole.size());
    } else {
      RE2::PartialMatch(first, *e.regex, &out);
    }
    return out;
  }
  return first;
}

}  // namespace yilian::mapping::outbound
