#pragma once
// How glibc's iconv calls a charset. Inside engine/text only.

#include "engine/text/encoding.h"

namespace yilian::text {

constexpr std::size_t kCharsets = static_cast<std::size_t>(Charset::euc_kr) + 1;

const char* iconv_reads(Charset charset);
const char* iconv_writes(Charset charset);

}  // namespace yilian::text
