// fhir_xml to-xml | to-json: the XML form of resources, for the comparison with another converter (xml.mjs). A line in, a line out. to-xml: a resource
// in JSON becomes a JSON string that holds its XML; to-json: the other way round. What cannot be converted becomes {"refused":"…"}.

#include <iostream>
#include <string>

#include "engine/fhir/check.h"
#include "engine/fhir/json.h"
#include "engine/fhir/xml.h"

namespace {

using namespace yilian::fhir;

yilian::Result<std::string> convert(const std::string& line, bool to_xml) {
  Arena arena;
  YL_TRY(Json * read, read_json(line, arena));
  std::string out;
  if (to_xml) {
    YL_TRY(const std::string xml, write_xml(*read));
    write_json_string(xml, out);
  } else {
    YL_TRY(Json * resource, read_xml(read->text(), arena));
    write_json(*resource, out);
  }
  return out;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string how = count == 2 ? arguments[1] : "";
  if (how != "to-xml" && how != "to-json") {
    std::cerr << "usage: fhir_xml to-xml|to-json < LINES\n";
    return 2;
  }
  for (std::string line; std::getline(std::cin, line);) {
    const auto out = convert(line, how == "to-xml");
    if (out) {
      std::cout << *out << '\n';
    } else {
      std::string why;
      write_json_string(out.error().line(), why);
      std::cout << R"({"refused":)" << why << "}\n";
    }
  }
  return 0;
}
