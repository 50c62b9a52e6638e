#include "engine/mapping/outbound/concept.h"

#include <algorithm>

namespace yilian::mapping::outbound {
namespace {

class Writer {
 public:
  Writer(const Table* table, fhir::Arena& arena, Ledger& ledger) : table_(table), arena_(arena), ledger_(ledger) {}

  void same(const fhir::Json& from, fhir::Json& to) {
    to = from;  // a handle: the text is shared
    ledger_.stands_for(to, from);
  }

  // A coding with its own code, or with HL7's in place of FHIR's. `also`: another coding that this one says as well.
  void coding(const fhir::Json& from, bool replaced, const fhir::Json* also, fhir::Json& to) {
    to.set_object();
    // Room first: adding a member may move the others, and the ledger knows values by where they stand.
    for (const auto& member : from.members()) to.add(arena_, member.name);
    if (replaced && from.find("system") == nullptr) to.add(arena_, "system");
    for (auto& member : to.members()) {
      const fhir::Json* original = from.find(member.name);
      if (original != nullptr) same(*original, member.value);
      if (replaced && member.name == "code") member.value.set_string(arena_.copy(table_->code(original->text())));
      if (replaced && member.name == "system") member.value.set_string(arena_.copy(table_->from));
      if (member.name == "code" && also != nullptr) ledger_.stands_for(member.value, *also);
    }
  }

  bool mapped(const fhir::Json& coding) const {
    return table_ != nullptr && table_->is_target(coding.text_at("system"), coding.text_at("code"));
  }
  // A coding that stands alone may leave its system to the element.
  bool mapped_alone(const fhir::Json& coding) const {
    return mapped(coding) || (table_ != nullptr && coding.find("system") == nullptr && table_->back.contains(coding.text_at("code")));
  }

 private:
  const Table* table_;
  fhir::Arena& arena_;
  Ledger& ledger_;
};

}  // namespace

Item as_wanted(const Item& item, const Table* table, const std::vector<std::string>& prefer, fhir::Arena& arena, Ledger& ledger) {
  if (item.value == nullptr || !item.value->is_object() || (table == nullptr && prefer.empty())) return item;
  Writer writer(table, arena, ledger);
  Item out = item;
  const fhir::Json* codings = item.value->find("coding");
  if (codings == nullptr) {
    if (!writer.mapped_alone(*item.value)) return item;
    auto* made = new (arena.allocate(sizeof(fhir::Json), alignof(fhir::Json))) fhir::Json();
    writer.coding(*item.value, true, nullptr, *made);
    out.value = made;
    return out;
  }
  struct Planned {
    const fhir::Json* coding;
    bool replaced;
    const fhir::Json* also;
  };
  std::vector<Planned> order;
  for (const auto& each : codings->items()) order.push_back({&each, false, nullptr});
  if (!order.empty() && writer.mapped(*order.front().coding)) {
    // The first coding is the table's. Where the one that it was made of stands beside it, that one says both.
    const fhir::Json* first = order.front().coding;
    const auto original = std::find_if(order.begin() + 1, order.end(), [&](const Planned& planned) {
      const auto found = table->forward.find(planned.coding->text_at("code"));
      return found != table->forward.end() && found->second == first->text_at("code");
    });
    if (original != order.end()) {
      original->also = first;
      order.erase(order.begin());
    } else {
      order.front().replaced = true;
    }
  }
  const auto wish = [&](const Planned& planned) {
    return std::find(prefer.begin(), prefer.end(), planned.coding->text_at("system")) - prefer.begin();
  };
  std::stable_sort(order.begin(), order.end(), [&](const Planned& a, const Planned& b) { return wish(a) < wish(b); });
  auto* made = new (arena.allocate(sizeof(fhir::Json), alignof(fhir::Json))) fhir::Json();
  made->set_object();
  for (const auto& member : item.value->members()) made->add(arena, member.name);
  for (auto& member : made->members()) {
    if (member.name != "coding") {
      writer.same(*item.value->find(member.name), member.value);
      continue;
    }
    member.value.set_array();
    for (std::size_t i = 0; i < order.size(); ++i) member.value.append(arena);
    for (std::size_t i = 0; i < order.size(); ++i) writer.coding(*order[i].coding, order[i].replaced, order[i].also, member.value.items()[i]);
  }
  out.value = made;
  return out;
}

}  // namespace yilian::mapping::outbound
