#pragma once
// Errors as values. Bad input is data: parsers and stores return Result<T>; exceptions are for broken invariants and start-up.

#include <tl/expected.hpp>
#include <utility>

#include "engine/base/issue.h"

namespace yilian {

template <class T>
using Result = tl::expected<T, Issue>;

using Failure = tl::unexpected<Issue>;

inline Failure fail(Code code, std::string what, std::string where = {}, std::string cure = {}) {
  return Failure(Issue{code, Severity::error, std::move(where), std::move(what), std::move(cure)});
}

}  // namespace yilian

#define YL_CONCAT_(a, b) a##b
#define YL_CONCAT(a, b) YL_CONCAT_(a, b)

// YL_TRY(auto name, expression): name is the value of a Result, or the enclosing function returns its Issue.
#define YL_TRY(declaration, expression) YL_TRY_(YL_CONCAT(yl_try_, __COUNTER__), declaration, expression)
#define YL_TRY_(result, declaration, expression)                             \
  auto result = (expression);                                                \
  if (!result) return ::yilian::Failure(std::move(result).error());          \
  declaration = std::move(*result)

// YL_CHECK(expression): the same for a Result<void>, or where the value is not wanted.
#define YL_CHECK(expression) YL_CHECK_(YL_CONCAT(yl_check_, __COUNTER__), expression)
#define YL_CHECK_(result, expression) \
  if (auto result = (expression); !result) return ::yilian::Failure(std::move(result).error())
