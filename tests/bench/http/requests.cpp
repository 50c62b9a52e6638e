#include "requests.h"

#include <strings.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <istream>

namespace yilian::bench {
namespace {

// "LABEL LENGTH" and so many bytes; false at the end.
bool read_part(std::istream& in, std::string& label, std::string& text) {
  std::string line;
  if (!std::getline(in, line) || line.empty()) return false;
  const auto blank = line.rfind(' ');
  if (blank == std::string::npos) std::fprintf(stderr, "a line \"LABEL LENGTH\" was expected\n"), std::exit(2);
  label = line.substr(0, blank);
  text.resize(static_cast<std::size_t>(std::strtoull(line.c_str() + blank, nullptr, 10)));
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (static_cast<std::size_t>(in.gcount()) != text.size()) std::fprintf(stderr, "the requests end early\n"), std::exit(2);
  return true;
}

class Planned : public Requests {
 public:
  Planned(std::istream& in, bool again) : again_(again) {
    std::string label, text;
    while (read_part(in, label, text)) {
      auto found = std::find(labels.begin(), labels.end(), label);
      if (found == labels.end()) found = labels.insert(labels.end(), label);
      all_.push_back({std::move(text), static_cast<std::size_t>(found - labels.begin())});
    }
    if (all_.empty()) std::fprintf(stderr, "no requests\n"), std::exit(2);
  }
  bool next(std::size_t, std::string_view& text, std::size_t& label) override {
    if (at_ == all_.size()) {
      if (!again_) return false;
      at_ = 0;
    }
    text = all_[at_].text;
    label = all_[at_].label;
    ++at_;
    return true;
  }

 private:
  struct One {
    std::string text;
    std::size_t label;
  };
  std::vector<One> all_;
  std::size_t at_ = 0;
  const bool again_;
};

class Cycle : public Requests {
 public:
  Cycle(std::istream& in, std::size_t connections) {
    std::string type, text;
    while (read_part(in, type, text)) templates_.push_back({type, text});
    for (const char* verb : {"create", "read", "update", "delete"})
      for (const auto& t : templates_) labels.push_back(std::string(verb) + " " + t.type);
    connections_.resize(connections);
    for (auto& c : connections_) c.ids.resize(templates_.size());
  }

  bool next(std::size_t connection, std::string_view& text, std::size_t& label) override {
    One& c = connections_[connection];
    const std::size_t verb = c.step / templates_.size();
    std::size_t which = c.step % templates_.size();
    if (verb == 3) which = templates_.size() - 1 - which;  // what refers goes before what it refers to
    label = verb * templates_.size() + which;
    const std::string address = "/fhir/" + templates_[which].type + (verb == 0 ? "" : "/" + c.ids[which]);
    static constexpr const char* methods[] = {"POST ", "GET ", "PUT ", "DELETE "};
    c.text = methods[verb] + address + " HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n";
    if (verb == 0 || verb == 2) {
      const std::string body = filled(c, which, verb == 2);
      c.text += "Content-Type: application/fhir+json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    } else {
      c.text += "\r\n";
    }
    c.creating = verb == 0 ? which : templates_.size();
    c.step = (c.step + 1) % (4 * templates_.size());
    text = c.text;
    return true;
  }

  void answered(std::size_t connection, const Answer& answer) override {
    One& c = connections_[connection];
    if (c.creating == templates_.size()) return;
    const std::string part = "/" + templates_[c.creating].type + "/";
    const auto at = answer.head.find(part);
    if (answer.status != 201 || at == std::string_view::npos) std::fprintf(stderr, "not created: %s\n", std::string(answer.head).c_str()), std::exit(1);
    const auto from = at + part.size();
    c.ids[c.creating] = std::string(answer.head.substr(from, answer.head.find_first_of("/\r", from) - from));
  }

 private:
  struct Template {
    std::string type, text;
  };
  struct One {
    std::string text;
    std::size_t step = 0, creating = 0;
    std::vector<std::string> ids;
  };

  std::string filled(const One& c, std::size_t which, bool update) const {
    std::string out;
    std::string_view rest = templates_[which].text;
    if (update) {
      out = "{\"id\":\"" + c.ids[which] + "\",";
      rest.remove_prefix(1);
    }
    for (auto open = rest.find("{{"); open != std::string_view::npos; open = rest.find("{{")) {
      const auto close = rest.find("}}", open);
      const auto name = rest.substr(open + 2, close - open - 2);
      out.append(rest.substr(0, open));
      if (name == "state") out += update ? "changed" : "new";
      for (std::size_t i = 0; i < templates_.size(); ++i)
        if (templates_[i].type == name) out += c.ids[i];
      rest.remove_prefix(close + 2);
    }
    return out.append(rest);
  }

  std::vector<Template> templates_;
  std::vector<One> connections_;
};

}  // namespace

std::unique_ptr<Requests> planned(std::istream& in, bool again) { return std::make_unique<Planned>(in, again); }
std::unique_ptr<Requests> cycle(std::istream& in, std::size_t connections) { return std::make_unique<Cycle>(in, connections); }

Bundles::Bundles(std::istream& in, std::size_t connections) : in_(in), text_(connections) { labels = {"bundle"}; }

bool Bundles::next(std::size_t connection, std::string_view& text, std::size_t& label) {
  if (!std::getline(in_, line_) || line_.empty()) return false;
  for (auto at = line_.find("\"request\":"); at != std::string::npos; at = line_.find("\"request\":", at + 10)) ++entries_;
  bytes_ += line_.size();
  std::string& out = text_[connection];
  out = "POST /fhir HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\nContent-Length: " + std::to_string(line_.size()) + "\r\n\r\n";
  out += line_;
  text = out;
  label = 0;
  return true;
}

}  // namespace yilian::bench
