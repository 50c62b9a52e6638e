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
#define YL_TRY(declaration, expression)                                                              \
  auto YL_CONCAT(yl_try_, __LINE__) = (expression);                                                  \
  if (!YL_CONCAT(yl_try_, __LINE__)) return ::yilian::Failure(std::move(YL_CONCAT(yl_try_, __LINE__)).error()); \
  declaration = std::move(*YL_CONCAT(yl_try_, __LINE__))

// YL_CHECK(expression): the same for a Result<void>, or where the value is not wanted.
#define YL_CHECK(expression) \
  if (auto yl_check_ = (expression); !yl_check_) return ::yilian::Failure(std::move(yl_check_).error())
