#include "engine/fhir/xml.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/fhir/check.h"
#include "engine/fhir/definitions.h"

namespace yilian::fhir {
namespace {

std::string to_json(std::string_view xml) {
  Arena arena;
  const auto read = read_xml(xml, arena);
  return read ? write_json(**read) : read.error().line();
}

std::string to_xml(std::string_view json, bool pretty = false) {
  Arena arena;
  const auto read = read_json(json, arena);
  if (!read) return read.error().line();
  const auto written = write_xml(**read, pretty);
  return written ? *written : written.error().line();
}

constexpr std::string_view kXml =
    R"(<?xml version="1.0" encoding="UTF-8"?><Patient xmlns="http://hl7.org/fhir"><id value="p1"/><text><status value="generated"/>)"
    R"(<div xmlns="http://www.w3.org/1999/xhtml"><p title="a&amp;b">张三 &lt; <!-- kept --><br/></p></div></text>)"
    R"(<contained><Organization><id value="o1"/></Organization></contained>)"
    R"(<extension url="http://e"><valueDecimal value="1.50"/></extension><identifier id="i1"><value value="&lt;&quot;&#10;x&quot;&gt;"/></identifier>)"
    R"(<active value="true"/><name><given value="A"/><given id="g2"/><given value="C"><extension url="http://e"><valueCode value="c"/></extension></given></name>)"
    R"(<birthDate><extension url="http://e"><valueCode value="unknown"/></extension></birthDate><multipleBirthInteger value="2"/></Patient>)";
constexpr std::string_view kJson =
    R"({"resourceType":"Patient","id":"p1","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p title=\"a&amp;b\">张三 &lt; <!-- kept --><br/></p></div>"},)"
    R"("contained":[{"resourceType":"Organization","id":"o1"}],"extension":[{"url":"http://e","valueDecimal":1.50}],"identifier":[{"id":"i1","value":"<\"\nx\">"}],)"
    R"("active":true,"name":[{"given":["A",null,"C"],"_given":[null,{"id":"g2"},{"extension":[{"url":"http://e","valueCode":"c"}]}]}],)"
    R"("_birthDate":{"extension":[{"url":"http://e","valueCode":"unknown"}]},"multipleBirthInteger":2})";

TEST(Xml, BothWays) {
  EXPECT_EQ(to_json(kXml), kJson);
  EXPECT_EQ(to_xml(kJson), kXml);
  EXPECT_EQ(to_json(to_xml(kJson, true)), kJson);
}

TEST(Xml, ResourcesInBundles) {
  constexpr std::string_view json =
      R"({"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:a","resource":{"resourceType":"Basic","id":"1"}},{"resource":{"resourceType":"Basic","id":"2"}}]})";
  EXPECT_EQ(to_json(to_xml(json)), json);
}

TEST(Xml, AnyOrderIsSortedAndRemarksAreDropped) {
  EXPECT_EQ(to_json("\xEF\xBB\xBF<?xml version='1.0'?><!-- a --><?x y?>\n<Patient xmlns='http://hl7.org/fhir' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
                    "xsi:schemaLocation='a b'>\r\n<gender value='male'/><!-- b --><id value='1'></id>\n<name><family value='&#x5F20; &apos;'/></name></Patient>\n"),
            R"({"resourceType":"Patient","id":"1","name":[{"family":"张 '"}],"gender":"male"})");
}

TEST(Xml, ListsOfNothingButExtensions) {
  constexpr std::string_view json = R"({"resourceType":"Patient","name":[{"_given":[{"id":"a"},{"id":"b"}]}]})";
  EXPECT_EQ(to_json(to_xml(json)), json);
}

std::string patient(std::string_view content) { return "<Patient xmlns=\"http://hl7.org/fhir\">" + std::string(content) + "</Patient>"; }

Issue refusal(std::string_view xml) {
  Arena arena;
  const auto read = read_xml(xml, arena);
  return read ? Issue{Code::internal, Severity::error, "", "taken", ""} : read.error();
}

TEST(Xml, RefusalsNameTheirPlace) {
  const auto at = [](std::string_view content) { return refusal(patient(content)).where; };
  EXPECT_EQ(at("<name/><name><foo value='1'/></name>"), "Patient.name[0]");
  EXPECT_EQ(at("<name><family value='a'/></name><name><foo value='1'/></name>"), "Patient.name[1].foo");
  EXPECT_EQ(at("<name use='a'><family value='1'/></name>"), "Patient.name[0]");
  EXPECT_EQ(at("<gender value='male'/><gender value='male'/>"), "Patient.gender");
  EXPECT_EQ(at("<active value='1'/>"), "Patient.active");
  EXPECT_EQ(at("<active/>"), "Patient.active");
  EXPECT_EQ(at("<active value='true'>x</active>"), "Patient.active");
  EXPECT_EQ(at("text"), "Patient");
  EXPECT_EQ(at("<multipleBirthInteger value='1.5'/>"), "Patient.multipleBirthInteger");
  EXPECT_EQ(at("<contained/>"), "Patient.contained[0]");
  EXPECT_EQ(at("<contained><Basic><id value='1'/></Basic><Basic><id value='1'/></Basic></contained>"), "Patient.contained[0]");
  EXPECT_EQ(at("<contained><Nothing/></contained>"), "Patient.contained[0]");
  EXPECT_EQ(at("<gender xmlns='urn:x' value='male'/>"), "Patient.gender");
  EXPECT_EQ(at("<text><status value='empty'/><div>a</div></text>"), "Patient.text.div");
  EXPECT_EQ(at("<resourceType value='Patient'/>"), "Patient.resourceType");
  EXPECT_EQ(at("<f:name xmlns:f='http://hl7.org/fhir'/>"), "Patient.f:name");
  EXPECT_EQ(refusal("<Patient><id value='1'/></Patient>").code, Code::bad_structure);
  EXPECT_EQ(refusal("<Patient xmlns='urn:hl7-org:v3'><id value='1'/></Patient>").code, Code::bad_structure);
  EXPECT_EQ(refusal("<Nothing xmlns='http://hl7.org/fhir'/>").where, "Nothing");
}

TEST(Xml, OnlyWellFormedTexts) {
  for (const std::string& xml : {
           std::string(), std::string("x"), patient("<id value='1'>"), patient("<id value='1'/><"), patient("<id value=1/>"), patient("<id value='<'/>"),
           patient("<id value='1' value='2'/>"), patient("<id value='&nbsp;'/>"), patient("<id value='&'/>"), patient("<id value='&#0;'/>"),
           patient("<id value='&#xD800;'/>"), patient("<id value='&#99999999999;'/>"), patient("<id value='1'/><!-- -- -->"), patient("<!--"),
           patient("<id value='1'/>]]>"), patient("<id value='1'/><![CDATA["), patient("<id value='1'/></Patient>"),
           patient("<id value='1'/>") + patient("<id value='1'/>"), patient("<id value='1'/>") + "x", patient("<id a='1'b='2'/>"), patient("<id value='1"),
           "<!DOCTYPE Patient [<!ENTITY a 'b'>]>" + patient("<id value='&a;'/>"), patient("<id value='1'/></Patient "),
           patient("<text><status value='empty'/><div xmlns='http://www.w3.org/1999/xhtml'><p></div></text>"),
           patient("<text><status value='empty'/><div xmlns='http://www.w3.org/1999/xhtml'>&nbsp;</div></text>")}) {
    EXPECT_EQ(refusal(xml).code, Code::bad_syntax) << xml;
  }
  EXPECT_EQ(refusal("<?xml version='1.0' encoding='GB18030'?>" + patient("<id value='1'/>")).code, Code::bad_encoding);
  EXPECT_EQ(refusal(std::string_view("<\0P\0", 4)).code, Code::bad_encoding);
  EXPECT_EQ(refusal(patient("<id value='\xFF'/>")).code, Code::bad_encoding);
  EXPECT_EQ(refusal(patient("<id value='\x01'/>")).code, Code::bad_encoding);
}

TEST(Xml, Bounds) {
  std::string deep;
  for (int i = 0; i < 200; ++i) deep += "<extension url='a'>";
  EXPECT_EQ(refusal(patient(deep)).code, Code::too_deep);
  Arena arena;
  EXPECT_EQ(read_xml(patient("<id value='1'/>"), arena, {.bytes = 10}).error().code, Code::too_large);
}

TEST(Xml, WhatXmlCannotHold) {
  EXPECT_EQ(to_xml(R"({"resourceType":"Patient","text":{"status":"empty","div":"<div>a&nbsp;b</div>"}})"),
            R"(<?xml version="1.0" encoding="UTF-8"?><Patient xmlns="http://hl7.org/fhir"><text><status value="empty"/><div xmlns="http://www.w3.org/1999/xhtml">a&#160;b</div></text></Patient>)");
  for (const char* div : {"<div>", "<p/>", "<div><br></div>", "<div/><div/>", "", "<div>\\u0001</div>", "<div xmlns='urn:x'/>"}) {
    const std::string json = R"({"resourceType":"Patient","text":{"status":"empty","div":")" + std::string(div) + "\"}}";
    EXPECT_TRUE(to_xml(json).starts_with("Patient.text.div: ")) << to_xml(json);
  }
  EXPECT_TRUE(to_xml(R"({"resourceType":"Patient","id":"\u0001"})").starts_with("Patient.id: "));
  EXPECT_TRUE(to_xml(R"({"resourceType":"Patient","foo":1})").starts_with("Patient.foo: "));
  EXPECT_TRUE(to_xml(R"({"resourceType":"Patient","extension":[{"_url":{"id":"a"}}]})").starts_with("Patient.extension[0].url: "));
}

TEST(R4Examples, GoThroughXmlAndBack) {
  const char* folder = std::getenv("YILIAN_R4_EXAMPLES");
  if (!folder) GTEST_SKIP() << "YILIAN_R4_EXAMPLES does not name the unpacked npm package hl7.fhir.r4.examples";
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    if (!name.ends_with(".json") || !is_resource_type(name.substr(0, name.find('-')))) continue;
    std::ostringstream text;
    text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    Arena arena;
    const auto read = read_json(text.str(), arena);
    ASSERT_TRUE(read) << name;
    sort_members(**read);
    const auto xml = write_xml(**read);
    ASSERT_TRUE(xml) << name << ": " << xml.error().line();
    Arena other;
    const auto again = read_xml(*xml, other);
    ASSERT_TRUE(again) << name << ": " << again.error().line();
    EXPECT_EQ(write_json(**again), write_json(**read)) << name;
    ++files;
  }
  EXPECT_GT(files, 700u);
}

}  // namespace
}  // namespace yilian::fhir
