#include "engine/database/postgres/shape.h"

#include <gtest/gtest.h>

namespace yilian::database {
namespace {

using Kind = Shape::Kind;

TEST(Shape, AQuerySaysWhichRowsItWants) {
  const Shape shape = shape_of("SELECT digest, answer FROM message WHERE key = ?1 AND state = 1");
  EXPECT_EQ(shape.kind, Kind::query);
  EXPECT_EQ(shape.sql, "SELECT digest, answer FROM message WHERE key = $1 AND state = 1");
  EXPECT_EQ(shape.tables, std::vector<std::string>{"message"});
  ASSERT_EQ(shape.equal.size(), 1U);
  EXPECT_EQ(shape.equal[0].column, "key");
  EXPECT_EQ(shape.equal[0].parameter, 1);
}

TEST(Shape, WhatDoesNotNarrowIsNoCondition) {
  EXPECT_TRUE(shape_of("SELECT a FROM t WHERE a = ?1 OR b = ?2").equal.empty());
  EXPECT_TRUE(shape_of("SELECT a FROM t WHERE a >= ?1").equal.empty());
  EXPECT_TRUE(shape_of("SELECT a FROM t WHERE n BETWEEN ?1 AND ?2").equal.empty());
  EXPECT_TRUE(shape_of("UPDATE t SET a = ?1").equal.empty());
  EXPECT_TRUE(shape_of("DELETE FROM t WHERE a = ?1 AND a < (SELECT max(a) FROM t)").equal.empty());
  EXPECT_TRUE(shape_of("SELECT a FROM t JOIN u ON a = b WHERE a = ?1").equal.empty());
}

TEST(Shape, TablesOfAllPartsAreMentioned) {
  EXPECT_EQ(shape_of("DELETE FROM p WHERE id IN (SELECT id FROM q WHERE run = ?1 LIMIT ?2)").tables,
            (std::vector<std::string>{"p", "q"}));
  EXPECT_EQ(shape_of("SELECT a FROM t JOIN u ON a = b").tables, (std::vector<std::string>{"t", "u"}));
}

TEST(Shape, TheIndexIsPostgresOwnChoice) {
  EXPECT_EQ(shape_of("SELECT a FROM t INDEXED BY t_a WHERE a = ?12").sql, "SELECT a FROM t  WHERE a = $12");
  EXPECT_EQ(shape_of("SELECT a FROM t WHERE a = '?1' AND b = ?1").sql, "SELECT a FROM t WHERE a = '?1' AND b = $1");
}

TEST(Shape, AnInsertOfBoundValuesIsGathered) {
  const Shape plain = shape_of("INSERT INTO t VALUES(?2, ?1)");
  EXPECT_EQ(plain.kind, Kind::insert);
  EXPECT_EQ(plain.parameters, (std::vector<int>{2, 1}));
  EXPECT_TRUE(plain.columns.empty());
  const Shape named = shape_of("INSERT INTO t(a, b) VALUES(?1, ?2) ON CONFLICT(a) DO UPDATE SET b = t.b + excluded.b");
  EXPECT_EQ(named.kind, Kind::insert);
  EXPECT_EQ(named.columns, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(named.key, std::vector<std::string>{"a"});
  EXPECT_EQ(named.conflict, "ON CONFLICT(a) DO UPDATE SET b = t.b + excluded.b");
}

TEST(Shape, AnyOtherInsertGoesByItself) {
  EXPECT_EQ(shape_of("INSERT INTO t VALUES(?1, 'x')").kind, Kind::change);
  EXPECT_EQ(shape_of("INSERT INTO t SELECT a FROM u").kind, Kind::change);
  EXPECT_EQ(shape_of("INSERT INTO t VALUES(?1) ON CONFLICT(a) DO UPDATE SET b = ?1").kind, Kind::change);
  EXPECT_EQ(shape_of("INSERT INTO t VALUES(?1) RETURNING a").kind, Kind::change);
  EXPECT_EQ(shape_of("CREATE TABLE t(a)").kind, Kind::other);
  EXPECT_EQ(shape_of("").kind, Kind::other);
}

}  // namespace
}  // namespace yilian::database
