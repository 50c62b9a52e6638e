// Under a scope each query gives what it gives over a store that holds nothing but what the scope shows.

#include <atomic>
#include <functional>
#include <limits>
#include <set>

#include "engine/records/everything.h"
#include "engine/records/reindex.h"
#include "engine/records/used_meta.h"
#include "tests/unit/records/fixture.h"
#include "tests/unit/records/scope_model.h"

namespace yilian::records {
namespace {

class Store {
 public:
  Store() {
    auto opened = database::Database::open(folder_.file("store.db"), {schema()});
    EXPECT_TRUE(opened) << opened.error().line();
    database_ = std::move(*opened);
    // The index of a new store is looked over once, and while that goes on some questions are refused.
    const std::atomic<bool> closing{false};
    while (reindex_some(*database_, closing)) {
    }
  }
  // Of `told` what is wanted, in commits of so many.
  void fill(const std::vector<Told>& told, std::size_t together, const std::function<bool(const Told&)>& wanted) {
    for (std::size_t from = 0; from < told.size(); from += together) {
      const auto done = database_->write([&](database::Connection& writer) -> Result<void> {
        for (std::size_t i = from; i < std::min(from + together, told.size()); ++i) {
          if (wanted(told[i])) YL_CHECK(write(writer, told[i]));
        }
        return {};
      });
      EXPECT_TRUE(done) << done.error().line();
    }
  }
  template <class Ask>
  auto ask(Ask&& ask) {
    return database_->read([&](database::Connection& reader) { return ask(reader); });
  }

 private:
  static Result<void> write(database::Connection& writer, const Told& told) {
    const Result<Written> written = told.json.empty()
                                        ? records::remove(writer, Scope::all(), told.type, told.id, {}, told.at)
                                        : records::put(writer, Scope::all(), ready(told.json), {}, told.at);
    if (!written) return Failure(written.error());
    EXPECT_EQ(written->version, told.version) << told.type << "/" << told.id;
    return {};
  }

  testing::TemporaryFolder folder_;
  std::unique_ptr<database::Database> database_;
};

std::string text_of(const Version& version) {
  return version.type + "/" + version.id + "/" + std::to_string(version.version) + " " + version.method + " " +
         std::to_string(version.updated) + " " + version.body + "\n";
}

// A page as a text, without its cursors; what went wrong counts too.
std::string text_of(const Result<Page>& page) {
  if (!page) return "refused: " + page.error().line();
  std::string out = page->total ? "total " + std::to_string(*page->total) + "\n" : "\n";
  for (const Match& match : page->entries) out += (match.included ? "+ " : "  ") + text_of(match.resource);
  if (!page->next.empty()) out += "next\n";
  if (!page->previous.empty()) out += "previous\n";
  return out;
}
std::string text_of(const Result<HistoryPage>& page) {
  if (!page) return "refused: " + page.error().line();
  std::string out = page->total ? "total " + std::to_string(*page->total) + "\n" : "\n";
  for (const Version& version : page->entries) out += text_of(version);
  if (!page->next.empty()) out += "next\n";
  if (!page->previous.empty()) out += "previous\n";
  return out;
}

// All pages forward, and back again from the last.
template <class Ask>
std::string pages(Ask&& ask) {
  std::string out, cursor;
  bool back = false;
  for (int i = 0; i < 2000; ++i) {
    const auto page = ask(cursor);
    out += text_of(page);
    if (!page) return out;
    back = back || page->next.empty();
    cursor = back ? page->previous : page->next;
    if (cursor.empty()) return out;
  }
  return out + "without end";
}

struct Asked {
  std::string type;
  Parameters parameters;
  std::string compartment{}, compartment_id{};
};

class Questions {
 public:
  explicit Questions(Dice& dice) : dice_(dice) {}

  Asked draw() {
    Asked out;
    if (dice_.one_in(8)) return over_all_types();
    const auto& [type, conditions] = dice_.of(kinds());
    out.type = type;
    for (std::size_t i = dice_.below(3); i > 0; --i) out.parameters.push_back(dice_.of(conditions));
    if (dice_.one_in(3)) out.parameters.push_back(dice_.of(common()));
    if (out.type == "Observation" && dice_.one_in(3)) out.parameters.push_back(dice_.of(includes()));
    if (out.type == "Patient" && dice_.one_in(3)) {
      out.parameters.emplace_back("_revinclude", "Observation:subject");
      if (dice_.one_in(2)) out.parameters.emplace_back("_include:iterate", "Observation:performer");
      if (dice_.one_in(2)) out.parameters.emplace_back("_revinclude", "*");
    }
    if (dice_.one_in(6) && type != "Organization" && type != "Practitioner" && type != "Task") {
      out.compartment = "Patient";
      out.compartment_id = dice_.of(kModelPatients);
    }
    add_control(out);
    return out;
  }

  // Each condition by itself, so that none is left to chance.
  static std::vector<Asked> each() {
    std::vector<Asked> out;
    for (const auto& [type, conditions] : kinds()) {
      for (const auto& condition : conditions) out.push_back({type, {condition, {"_count", "1000"}}});
    }
    for (const auto& condition : common()) out.push_back({"Observation", {condition, {"_count", "1000"}}});
    for (const auto& include : includes()) out.push_back({"Observation", {include, {"_count", "1000"}}});
    return out;
  }

 private:
  using Kinds = std::vector<std::pair<std::string, Parameters>>;

  Asked over_all_types() {
    Asked out;
    if (dice_.one_in(2)) out.parameters.emplace_back("_type", "Observation,Patient,Device,Task,Organization");
    out.parameters.push_back(dice_.of(common()));
    if (dice_.one_in(2)) {
      out.compartment = "Patient";
      out.compartment_id = dice_.of(kModelPatients);
    }
    if (dice_.one_in(2)) out.parameters.emplace_back("_sort", dice_.one_in(2) ? "-_lastUpdated" : "_id");
    out.parameters.emplace_back("_count", std::to_string(3 + dice_.below(20)));
    return out;
  }

  void add_control(Asked& out) {
    static const std::vector<std::string> kSorts{"_lastUpdated", "-_lastUpdated", "_id", "-_id"};
    static const std::vector<std::string> kOfObservations{"date", "-date", "code", "-value-quantity", "subject,-date"};
    if (dice_.one_in(2))
      out.parameters.emplace_back("_sort", out.type == "Observation" && dice_.one_in(2) ? dice_.of(kOfObservations) : dice_.of(kSorts));
    if (!dice_.one_in(3)) out.parameters.emplace_back("_count", std::to_string(1 + dice_.below(9)));
    if (dice_.one_in(4)) out.parameters.emplace_back("_total", "none");
    if (dice_.one_in(12)) out.parameters.emplace_back("_summary", "count");
  }

  static const Parameters& common() {
    static const Parameters all{{"_tag", "t1"},
                                {"_tag:not", "t2"},
                                {"_tag:missing", "true"},
                                {"_security", "R"},
                                {"_security", "http://s|R"},
                                {"_security:not", "N"},
                                {"_source:below", "urn:yilian:east"},
                                {"_source", "urn:yilian:east:lab"},
                                {"_source:missing", "true"},
                                {"_lastUpdated", "ge2023-11-14T22:14:30Z"},
                                {"_lastUpdated", "lt2023-11-14T22:14:30Z"},
                                {"_id", "i1,i2,i3,p0,p1"},
                                {"_id:not", "i1,p1"},
                                {"_list", "i1"},
                                {"_list", "i4"},
                                {"_list", "nothing"}};
    return all;
  }

  static const Parameters& includes() {
    static const Parameters all{{"_include", "Observation:subject"},   {"_include", "Observation:performer"},
                                {"_include", "*"},                     {"_include", "Observation:derived-from"},
                                {"_include:iterate", "Observation:derived-from"},
                                {"_include:iterate", "*"},             {"_revinclude", "Observation:derived-from"},
                                {"_revinclude:iterate", "*"},          {"_revinclude", "Task:focus"},
                                {"_revinclude", "List:item"},          {"_include", "Observation:encounter"}};
    return all;
  }

  static const Kinds& kinds() {
    static const Kinds all{
        {"Observation",
         {{"code", "c1"},
          {"code", "http://c|c1,http://c|c2"},
          {"code:not", "c1"},
          {"code:text", "kind k1"},
          {"code:in", "http://v/0"},
          {"code:not-in", "ValueSet/i1"},
          {"code:in", "ValueSet/i0"},
          {"code:in", "http://v/1"},
          {"subject", "Patient/p1"},
          {"patient", "p2,p0"},
          {"subject:missing", "true"},
          {"subject:missing", "false"},
          {"status:not", "final"},
          {"performer:Practitioner.name", "doctor1"},
          {"performer:Patient.gender", "male"},
          {"subject:Patient.gender", "female"},
          {"patient.organization.name", "org1"},
          {"patient.organization:below", "Organization/i2"},
          {"encounter.patient.gender", "male"},
          {"encounter.service-provider:below", "i3"},
          {"subject:Patient._has:Task:patient:status", "ready"},
          {"_has:Task:focus:status", "ready"},
          {"_has:Task:focus:_tag", "t1"},
          {"_has:List:item:_id", "i1,i2,i3"},
          {"_has:Observation:derived-from:code", "c2"},
          {"date", "ge2026-01-04"},
          {"date", "lt2026-01-03"},
          {"value-quantity", "gt4"},
          {"value-quantity", "le3|http://unitsofmeasure.org|g"},
          {"code-value-quantity", "c1$gt3"},
          {"_filter", "code eq c1 or status eq amended"},
          {"_filter", "not (code eq c1) and date gt 2026-01-02"},
          {"_filter", "patient.gender eq male and not (_security eq R)"},
          {"_content", "kind"},
          {"derived-from", "Observation/i7"}}},
        {"Patient",
         {{"gender", "male"},
          {"gender:not", "male"},
          {"name", "name1"},
          {"name:contains", "xxxx"},
          {"family:exact", "name2"},
          {"organization", "Organization/i1"},
          {"organization:below", "Organization/i1"},
          {"organization:above", "Organization/i1"},
          {"organization.partof.name", "org2"},
          {"_has:Observation:subject:code", "c1"},
          {"_has:Observation:patient:performer:Practitioner.name", "doctor0"},
          {"_has:Encounter:patient:_has:Observation:encounter:code", "c3"},
          {"_has:Device:patient:_tag", "t1"},
          {"_filter", "gender eq male or name co 2"}}},
        {"Encounter", {{"service-provider:below", "Organization/i1"}, {"service-provider:below", "Organization/i2"}, {"service-provider:above", "Organization/i4"},
                       {"service-provider:below", "Organization/i3"}, {"service-provider:below", "Organization/i5"}, {"patient", "p1"}, {"patient.name", "name0"}, {"service-provider.partof:below", "i1"}, {"_has:Observation:encounter:code:not", "c1"}}},
        {"Device", {{"patient:missing", "true"}, {"patient", "p3"}, {"patient.gender", "male"}, {"type:text", "device1"}}},
        {"Task", {{"patient", "p0"}, {"focus:Observation.code", "c1"}, {"status", "ready"}, {"subject:missing", "true"}, {"focus:Observation.patient.gender", "male"}}},
        {"Organization", {{"name", "org1"}, {"partof", "Organization/i2"}, {"partof:below", "i1"}, {"partof:above", "i1"}, {"_has:Patient:organization:gender", "male"}}},
        {"Practitioner", {{"name", "doctor1"}, {"_has:Observation:performer:subject:Patient.gender", "female"}, {"_has:Observation:performer:code", "c2"}}},
        {"List", {{"item:Observation.code", "c1"}, {"patient", "p1"}, {"item", "Observation/i3"}}},
        {"ValueSet", {{"url", "http://v/0"}, {"code", "c1"}}},
        {"Binary", {{"contenttype", "text/plain"}}}};
    return all;
  }

  Dice& dice_;
};

std::string text_of(const Asked& asked) {
  std::string out = (asked.compartment.empty() ? "" : asked.compartment + "/" + asked.compartment_id + "/") + asked.type + "?";
  for (const auto& [name, value] : asked.parameters) out += name + "=" + value + "&";
  return out;
}

std::string text_of(const Narrowing& narrowing) {
  std::string out;
  const auto list = [&](const char* name, const std::optional<std::vector<std::string>>& items) {
    if (!items) return;
    out += std::string(name) + ":";
    for (const std::string& item : *items) out += " " + item;
    out += "; ";
  };
  list("patients", narrowing.patients);
  list("types", narrowing.types);
  list("facilities", narrowing.facilities);
  if (narrowing.without_facility) out += "or none; ";
  for (const Label& label : narrowing.withheld) out += "not " + label.system + "|" + label.code + "; ";
  return out;
}

// One store with everything, a scope, and a store with what it shows.
class Comparison {
 public:
  Comparison(Model& model, Store& whole, const Narrowing& narrowing)
      : model_(model), whole_(whole), narrowing_(narrowing), scope_(*Scope::of(narrowing)) {
    std::map<std::string, bool> seen;
    part_.fill(model.told(), 1000, [&](const Told& told) {
      const auto [at, fresh] = seen.emplace(told.type + "/" + told.id, false);
      if (fresh) at->second = model.shows_resource(told.type, told.id, narrowing);
      return at->second;
    });
  }

  void search(const Asked& asked) {
    const auto all_pages = [&](Store& store, const Scope& scope) {
      return pages([&](const std::string& cursor) {
        SearchRequest request{.type = asked.type, .parameters = asked.parameters, .compartment = asked.compartment, .compartment_id = asked.compartment_id};
        if (!cursor.empty()) request.parameters.emplace_back("_cursor", cursor);
        return store.ask([&](database::Connection& reader) { return records::search(reader, scope, request); });
      });
    };
    const std::string expected = all_pages(part_, Scope::all());
    entries += std::count(expected.begin(), expected.end(), '\n');
    EXPECT_EQ(all_pages(whole_, scope_), expected) << text_of(asked) << " under " << text_of(narrowing_);
  }

  void everything(const EverythingQuery& asked) {
    const auto all_pages = [&](Store& store, const Scope& scope) {
      return pages([&](const std::string& cursor) {
        EverythingQuery query = asked;
        query.cursor = cursor;
        return store.ask([&](database::Connection& reader) { return records::everything(reader, scope, query); });
      });
    };
    const std::string expected = all_pages(part_, Scope::all());
    entries += std::count(expected.begin(), expected.end(), '\n');
    EXPECT_EQ(all_pages(whole_, scope_), expected)
        << asked.owner << "/" << asked.id << "/$everything under " << text_of(narrowing_);
  }

  void used_meta(const std::string& type) {
    const auto text = [&](Store& store, const Scope& scope) {
      const auto used = store.ask([&](database::Connection& reader) { return records::used_meta(reader, scope, type); });
      std::string out;
      if (!used) return used.error().line();
      for (const auto* set : {&used->tags, &used->security, &used->profiles}) {
        for (const std::string& item : *set) out += item + "\n";
        out += "-\n";
      }
      return out;
    };
    EXPECT_EQ(text(whole_, scope_), text(part_, Scope::all())) << type << " under " << text_of(narrowing_);
  }

  // Which versions are seen, the newest first, is told by the model; how they look by the whole store.
  void history(HistoryQuery query) {
    std::vector<const Told*> seen;
    for (const Told& told : model_.told()) {
      if ((query.type.empty() || query.type == told.type) && (query.id.empty() || query.id == told.id) &&
          model_.shows_resource(told.type, told.id, narrowing_) && model_.shows_version(told, narrowing_) &&
          lies_in(query, told))
        seen.push_back(&told);
    }
    std::set<std::string> expected, found;
    for (const Told* told : seen) expected.insert(place(told->type, told->id, told->version));
    std::size_t count = 0;
    Instant last = std::numeric_limits<Instant>::max();
    std::optional<std::int64_t> total;
    std::vector<std::string> forward, back;
    bool turned = false;
    const std::string text = pages([&](const std::string& cursor) {
      query.cursor = cursor;
      auto page = whole_.ask([&](database::Connection& reader) { return records::history(reader, scope_, query); });
      if (!page) return page;
      std::string entries_of_page;
      for (const Version& version : page->entries) entries_of_page += text_of(version);
      (turned ? back : forward).push_back(entries_of_page);
      if (!turned) {
        for (const Version& version : page->entries) {
          EXPECT_LE(version.updated, last);
          last = version.updated;
          found.insert(place(version.type, version.id, version.version));
          ++count;
        }
        total = page->total;
      }
      turned = turned || page->next.empty();
      return page;
    });
    entries += static_cast<std::ptrdiff_t>(count);
    const std::string where = query.type + "/" + query.id + "/_history under " + text_of(narrowing_);
    if (!query.id.empty() && !model_.shows_resource(query.type, query.id, narrowing_)) {
      EXPECT_EQ(text, "refused: " + query.type + "/" + query.id + ": there is no such resource") << where;
      return;
    }
    EXPECT_EQ(found, expected) << where;
    EXPECT_EQ(count, seen.size()) << where << "\n" << text;
    if (!query.id.empty() && !query.since && !query.at) {
      EXPECT_EQ(total, static_cast<std::int64_t>(seen.size())) << where;
    }
    if (forward.empty()) return;
    std::reverse(back.begin(), back.end());
    forward.pop_back();
    EXPECT_EQ(back, forward) << where;
  }

  void reads(const std::string& type, const std::string& id) {
    const auto versions = model_.versions(type, id);
    const bool seen = model_.shows_resource(type, id, narrowing_);
    const auto code = [&](std::int64_t version) -> std::optional<Code> {
      const auto read = whole_.ask([&](database::Connection& reader) {
        return version == 0 ? records::read(reader, scope_, type, id) : records::read_version(reader, scope_, type, id, version);
      });
      if (read) return std::nullopt;
      return read.error().code;
    };
    const auto expected = [&](const Told& told) -> std::optional<Code> {
      if (!seen || !model_.shows_version(told, narrowing_)) return Code::not_found;
      return told.json.empty() ? std::optional(Code::gone) : std::nullopt;
    };
    const std::string where = type + "/" + id + " under " + text_of(narrowing_);
    EXPECT_EQ(code(0), versions.empty() ? std::optional(Code::not_found) : expected(*versions.back())) << where;
    for (const Told* told : versions) EXPECT_EQ(code(told->version), expected(*told)) << where << " " << told->version;
  }

  std::ptrdiff_t entries = 0;  // that were compared: nothing would prove nothing

 private:
  static std::string place(const std::string& type, const std::string& id, std::int64_t version) {
    return type + "/" + id + "/" + std::to_string(version);
  }
  bool lies_in(const HistoryQuery& query, const Told& told) const {
    if (query.since && told.at < *query.since) return false;
    if (!query.at) return true;
    if (told.at > query.at_end.value_or(*query.at)) return false;
    for (const Told* next : model_.versions(told.type, told.id)) {
      if (next->version == told.version + 1) return next->at > *query.at;
    }
    return true;
  }

  Model& model_;
  Store& whole_;
  Store part_;
  const Narrowing narrowing_;
  const Scope scope_;
};

EverythingQuery draw_everything(Dice& dice) {
  EverythingQuery out{.owner = dice.one_in(3) ? "Encounter" : "Patient", .count = 1 + dice.below(12)};
  if (out.owner == "Encounter") {
    out.id = "i" + std::to_string(dice.below(30));
  } else if (!dice.one_in(4)) {
    out.id = dice.of(kModelPatients);
  }
  if (dice.one_in(4)) out.types = dice.some(kModelTypes);
  if (dice.one_in(4)) out.since = 1'700'000'040'000'000;
  if (dice.one_in(4)) out.start = "2026-01-03";
  return out;
}

HistoryQuery draw_history(Dice& dice, const Model& model) {
  HistoryQuery out{.count = 1 + dice.below(30)};
  if (!dice.one_in(4)) out.type = dice.of(kModelTypes);
  if (!out.type.empty() && dice.one_in(2)) {
    const Told& told = dice.of(model.told());
    out.type = told.type;
    out.id = told.id;
  }
  if (dice.one_in(3)) out.since = 1'700'000'000'000'000 + 1'000'000 * static_cast<Instant>(dice.below(200));
  if (dice.one_in(3)) {
    out.at = 1'700'000'000'000'000 + 1'000'000 * static_cast<Instant>(dice.below(200)) + 500;
    if (dice.one_in(2)) out.at_end = *out.at + 20'000'000;
  }
  return out;
}

TEST(ScopeProperty, AsIfNothingElseWereThere) {
  constexpr int kStores = 2, kScopes = 6, kSearches = 25;
  std::ptrdiff_t entries = 0;
  for (int seed = 1; seed <= kStores; ++seed) {
    Model model(static_cast<unsigned>(seed), 600);
    Dice& dice = model.dice();
    Store whole;
    whole.fill(model.told(), static_cast<std::size_t>(20 * seed), [](const Told&) { return true; });
    Questions questions(dice);
    for (int i = 0; i < kScopes; ++i) {
      Comparison compare(model, whole, model.draw_scope());
      for (const Asked& asked : Questions::each()) compare.search(asked);
      for (int j = 0; j < kSearches; ++j) compare.search(questions.draw());
      for (int j = 0; j < 8; ++j) compare.everything(draw_everything(dice));
      for (int j = 0; j < 12; ++j) compare.history(draw_history(dice, model));
      compare.used_meta("");
      compare.used_meta(dice.of(kModelTypes));
      for (int j = 0; j < 25; ++j) {
        const Told& told = dice.of(model.told());
        compare.reads(told.type, told.id);
      }
      compare.reads("Patient", "nobody");
      entries += compare.entries;
      if (::testing::Test::HasFailure()) return;  // one is enough to look at
    }
  }
  EXPECT_GT(entries, 5000);
}

}  // namespace
}  // namespace yilian::records
