#include <algorithm>
#include <fstream>
#include <sstream>

#include "engine/hl7v2/grammar.h"

namespace yilian::hl7v2 {
namespace {

TEST(Grammar, SegmentsFieldsAndTypes) {
  ASSERT_NE(field_facts("PID", 3), nullptr);
  EXPECT_EQ(field_facts("PID", 3)->datatype, "CX");
  EXPECT_TRUE(field_facts("PID", 3)->repeats);
  EXPECT_EQ(field_facts("PID", 2)->datatype, "CX");  // withdrawn in 2.7: what it was
  EXPECT_EQ(field_facts("OBX", 5)->datatype, "varies");
  EXPECT_EQ(field_facts("OBX", 33)->datatype, "EIP");
  EXPECT_EQ(field_facts("PRT", 5)->datatype, "XCN");
  EXPECT_EQ(field_facts("PID", 400), nullptr);
  EXPECT_EQ(field_facts("QQQ", 1), nullptr);
  EXPECT_TRUE(is_segment("SPM"));
  EXPECT_FALSE(is_segment("ABC"));
  EXPECT_GE(component_count("CX"), 10u);
  EXPECT_EQ(component_datatype("CX", 4), "HD");
  EXPECT_EQ(component_count("ST"), 0u);
}

TEST(Grammar, EventsToStructures) {
  EXPECT_EQ(structure_of("ADT", "A04"), "ADT_A01");
  EXPECT_EQ(structure_of("ADT", "A28"), "ADT_A05");
  EXPECT_EQ(structure_of("ADT", "A40"), "ADT_A39");
  EXPECT_EQ(structure_of("SIU", "S15"), "SIU_S12");
  EXPECT_EQ(structure_of("ORM", "O01"), "ORM_O01");
  EXPECT_EQ(structure_of("XXX", "X99"), "");
}

void count(const Particle& particle, int depth, int& segments, int& deepest) {
  deepest = std::max(deepest, depth);
  for (const auto& child : particle.children) {
    if (child.group) {
      EXPECT_FALSE(child.children.empty()) << child.name;
      count(child, depth + 1, segments, deepest);
    } else {
      EXPECT_EQ(child.name.size(), 3u) << particle.name;
      ++segments;
    }
  }
}

TEST(Grammar, EveryStructureOfTheMappingsReads) {
  for (const char* name : {"ADT_A01", "ADT_A02", "ADT_A03", "ADT_A05", "ADT_A06", "ADT_A09", "ADT_A11", "ADT_A12", "ADT_A17", "ADT_A39", "ORU_R01", "ORM_O01", "OML_O21", "MDM_T02", "SIU_S12", "VXU_V04", "RDE_O11", "DFT_P03"}) {
    const Particle* root = structure(name);
    ASSERT_NE(root, nullptr) << name;
    int segments = 0, deepest = 0;
    count(*root, 0, segments, deepest);
    EXPECT_GT(segments, 5) << name;
    EXPECT_LT(deepest, 8) << name;
  }
}

// Down the groups that a place names, to the segment or group it ends in.
bool has_place(const Particle& root, std::string_view place) {
  const Particle* at = &root;
  while (!place.empty()) {
    const std::string_view name = place.substr(0, place.find('.'));
    place.remove_prefix(std::min(place.size(), name.size() + 1));
    const auto found = std::find_if(at->children.begin(), at->children.end(), [&](const Particle& child) { return child.name == name; });
    if (found == at->children.end()) return false;
    at = &*found;
  }
  return true;
}

TEST(Grammar, EveryPlaceOfTheGuideIsInItsStructure) {
  std::ifstream file(YILIAN_SOURCE_DIR "/tests/unit/hl7v2/guide_places.txt");
  ASSERT_TRUE(file);
  int places = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream words(line);
    std::string name, place;
    words >> name;
    const Particle* root = structure(name);
    ASSERT_NE(root, nullptr) << name;
    for (; words >> place; ++places) EXPECT_TRUE(has_place(*root, place)) << name << "." << place;
  }
  EXPECT_GT(places, 400);
}

TEST(Grammar, ChoicesAreGroupsOfTheirSegments) {
  std::vector<const Particle*> left;
  for (const char* name : {"PPR_PC1", "ORR_O02", "CCM_I21", "OSR_Q06"}) {
    ASSERT_NE(structure(name), nullptr) << name;
    left.push_back(structure(name));
  }
  while (!left.empty()) {
    const Particle* at = left.back();
    left.pop_back();
    if (!at->group) {
      EXPECT_TRUE(is_segment(at->name)) << at->name;
    }
    for (const Particle& child : at->children) left.push_back(&child);
  }
}

TEST(Grammar, WhatNewerVersionsAdd) {
  EXPECT_EQ(field_facts("OBX", 4)->datatype, "OG");
  EXPECT_EQ(component_count("OG"), 4u);
  EXPECT_NE(field_facts("IN1", 55), nullptr);
  EXPECT_NE(field_facts("IN3", 27), nullptr);
  EXPECT_NE(field_facts("ORC", 38), nullptr);
  EXPECT_EQ(field_facts("ORC", 7)->datatype, "TQ");  // withdrawn in 2.7
}

}  // namespace
}  // namespace yilian::hl7v2
