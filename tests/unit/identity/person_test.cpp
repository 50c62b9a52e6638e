#include "engine/identity/person.h"

namespace yilian::identity {
namespace {

struct Case {
  fhir::Arena arena;
  const fhir::Json* of(const std::string& patient) {
    auto read = fhir::read_json(arena.copy(patient), arena);
    EXPECT_TRUE(read);
    return person_of(**read, arena);
  }
};

std::string patient(std::string id, std::string name, std::string birth, std::string gender, std::string number = "11010519491231002X") {
  return R"({"resourceType":"Patient","id":")" + id + R"(","identifier":[{"system":"urn:oid:2.16.156.10011.1.3","value":")" + number +
         R"("}],"name":[{"text":")" + name + R"("}],"gender":")" + gender + R"(","birthDate":")" + birth + R"("})";
}

TEST(Person, TwoHospitalsPatientsOfOneNumberAndNameAreOne) {
  Case a, b;
  const auto* first = a.of(patient("p1", "李秀英", "1949-12-31", "female"));
  const auto* second = b.of(patient("p2", "李 秀英", "1949-12-31", "female"));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->text_at("id"), second->text_at("id"));
  EXPECT_EQ(first->find("link")->items()[0].find("target")->text_at("reference"), "Patient/p1");
}

TEST(Person, ABorrowedCardJoinsNobody) {
  Case a, b;
  const auto* owner = a.of(patient("p1", "李秀英", "1949-12-31", "female"));
  const auto* borrower = b.of(patient("p2", "王桂兰", "1949-12-31", "female"));
  ASSERT_TRUE(owner && borrower);
  EXPECT_NE(owner->text_at("id"), borrower->text_at("id"));
}

TEST(Person, ContradictionsMakeNoPerson) {
  Case c;
  EXPECT_EQ(c.of(patient("p1", "李秀英", "1950-12-31", "female")), nullptr);
  EXPECT_EQ(c.of(patient("p1", "李秀英", "1949-12-31", "male")), nullptr);
  EXPECT_EQ(c.of(patient("p1", "", "1949-12-31", "female")), nullptr);
  EXPECT_EQ(c.of(patient("p1", "李秀英", "1949-12-31", "female", "110105194912310021")), nullptr);
  EXPECT_NE(c.of(patient("p1", "李秀英", "1949-12", "unknown")), nullptr);
}

}  // namespace
}  // namespace yilian::identity
