#pragma once
// One run: the resources through the message maps.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "engine/mapping/outbound/evaluate.h"
#include "engine/mapping/outbound/fields.h"
#include "engine/mapping/outbound/ledger.h"

namespace yilian::mapping::outbound {

class Run {
 public:
  Run(const Program& program, const Graph& graph, const How& how);
  Result<Sent> all();

 private:
  // Where a datatype map is applied: a field (component 0) or a component of it.
  struct Base {
    unsigned field = 0, repetition = 1, component = 0;
  };
  using Counters = std::map<std::string, unsigned>;
  struct Making {  // a message under construction
    const MessageMap* map;
    const Event* event;
    hl7v2::Builder builder;
    std::set<std::pair<std::string, unsigned>> valued;
    std::size_t segments = 0;
  };

  // run.cpp: which messages there are
  Result<void> messages_of(const MessageMap& map, Sent& sent);
  Result<Message> message(const MessageMap& map, const Event& event, const std::vector<Item>& focus);
  void header(const Event& event, const MessageMap& map, const std::string& control_id, hl7v2::Builder& builder) const;
  std::string unsent() const;

  // run_rows.cpp: the segments of one
  bool rows(const std::vector<Row>& rows, const Item& here, Counters& loop, Making& making);
  bool row(const Row& row, const Item& here, Counters& local, Counters& loop, Making& making);
  bool segment(const Row& row, const Item& here, Counters& counters, Making& making);

  // run_rules.cpp: the fields of one
  void fill(const Map& map, const Item& here, Fields& fields, const Base& base);
  void apply(const Rule& rule, const Item& here, Fields& fields, const Base& base);
  void part(const Rule& rule, const Item& item, Fields& fields, const Base& base);
  void plain(const Rule& rule, const Item& here, Fields& fields, const Base& base);
  void plain_item(const Rule& rule, const Item& item, Fields& fields, const Base& base);
  std::optional<std::string> converted(const Rule& rule, const Item& item, const Fields& fields, const Address& at);
  void put_text(const Rule& rule, const std::string& text, const std::vector<Item>& from, Fields& fields, const Base& base);
  std::optional<Address> address(const Rule& rule, const Base& base, const Fields& fields) const;
  void say(const fhir::Json* value, const Resource* of);
  void say_reads();
  void keep_out(const std::vector<Item>& items, const std::string& why);
  void commit();         // a segment stands
  void close(bool sent);  // a message is made, or refused

  const Program& program_;
  const Graph& graph_;
  const How& how_;
  Evaluator evaluator_;
  fhir::Arena arena_;
  Ledger ledger_;
  std::vector<std::pair<const fhir::Json*, const Resource*>> saying_;  // told when what is being made stands
  std::vector<std::pair<const fhir::Json*, const Resource*>> links_;   // references that say what the message's order says
  std::vector<std::pair<const fhir::Json*, const Resource*>> said_;    // what stands in the message that is being made
  std::unordered_set<const Resource*> placed_;
  std::string kinds_;  // of the messages made, for the reason of a loss
  int depth_ = 0;
};

}  // namespace yilian::mapping::outbound
