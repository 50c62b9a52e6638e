#include "engine/net/endpoint.h"

#include <gtest/gtest.h>

namespace yilian::net {
namespace {

TEST(Endpoint, ReadsHostsAndPorts) {
  EXPECT_EQ(parse_endpoint("127.0.0.1:2575")->text(), "127.0.0.1:2575");
  EXPECT_EQ(parse_endpoint("localhost:0")->port, 0);
  EXPECT_EQ(parse_endpoint("[::1]:65535")->host, "::1");
  EXPECT_EQ(parse_endpoint("[::1]:1")->text(), "[::1]:1");
}

TEST(Endpoint, RefusesWhatIsNone) {
  for (const char* text : {"", ":1", "a", "a:", "a:65536", "a:-1", "a:1x", "::1:80", "[::1]", "[::1]x:1", "[1.2.3.4]:1",
                           "a b:1", "a/b:1", "[]:1", "[:1"})
    EXPECT_FALSE(parse_endpoint(text)) << text;
}

TEST(Networks, ContainWhatLiesInThem) {
  Networks networks;
  ASSERT_TRUE(networks.add("10.1.0.0/16"));
  ASSERT_TRUE(networks.add("192.168.1.7"));
  ASSERT_TRUE(networks.add("172.16.0.0/12"));
  ASSERT_TRUE(networks.add("fd00::/8"));
  for (const char* in : {"10.1.255.1", "192.168.1.7", "::ffff:10.1.2.3", "172.31.255.255", "fd12::1"})
    EXPECT_TRUE(networks.contains(in)) << in;
  for (const char* out : {"10.2.0.1", "192.168.1.8", "172.32.0.0", "fe80::1", "::1", "", "x"})
    EXPECT_FALSE(networks.contains(out)) << out;
}

TEST(Networks, EverythingAndNothing) {
  Networks all;
  EXPECT_FALSE(all.contains("1.2.3.4"));
  ASSERT_TRUE(all.add("0.0.0.0/0"));
  EXPECT_TRUE(all.contains("1.2.3.4"));
  EXPECT_FALSE(all.contains("::1"));
  for (const char* bad : {"", "1.2.3", "1.2.3.4/33", "::1/129", "1.2.3.4/", "1.2.3.4/x", "host"})
    EXPECT_FALSE(Networks().add(bad)) << bad;
}

}  // namespace
}  // namespace yilian::net
