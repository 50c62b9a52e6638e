#include "engine/fhir/reference_text.h"

#include <gtest/gtest.h>

namespace yilian::fhir {
namespace {

TEST(ReferenceText, KnowsTheForms) {
  const auto form = [](std::string_view text) { return read_reference(text).form; };
  EXPECT_EQ(form("#"), ReferenceForm::contained);
  EXPECT_EQ(form("#p1"), ReferenceForm::contained);
  EXPECT_EQ(form("Patient/1"), ReferenceForm::relative);
  EXPECT_EQ(form("Patient/1/_history/2"), ReferenceForm::relative);
  EXPECT_EQ(form("http://a.example/fhir/Patient/1"), ReferenceForm::absolute);
  EXPECT_EQ(form("urn:uuid:c757873d-ec9a-4326-a141-556f43239520"), ReferenceForm::absolute);
  EXPECT_EQ(form("Patient?identifier=http://a|1"), ReferenceForm::conditional);
  EXPECT_EQ(read_reference("Patient?identifier=1").type, "Patient");
  EXPECT_EQ(read_reference("Group/1").type, "Group");
}

TEST(ReferenceText, RefusesTheRest) {
  for (const std::string_view text :
       {"", "1", "Patient", "Patient/", "Patient?", "/Patient/1", "patient/1", "Person1/1", "Resource/1", "Patient/a b",
        "Patient/1/2", "Patient/1/_history/", "Patient/1/_history/a b", "Patient/1/_history/1/_history/2", "#a b",
        "http:", ":x", "1a:b"}) {
    EXPECT_EQ(read_reference(text).form, ReferenceForm::wrong) << text;
  }
}

}  // namespace
}  // namespace yilian::fhir
