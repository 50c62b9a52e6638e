#pragma once
// Finds field separators and line ends, sixteen bytes at a time where the machine can.

#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace yilian::hl7v2 {

// Calls found(position) for each byte of data[begin, end) that is `field`, CR or LF, in order.
template <class Found>
void for_each_mark(const char* data, std::size_t begin, std::size_t end, char field, Found&& found) {
  std::size_t at = begin;
#if defined(__SSE2__)
  const __m128i separator = _mm_set1_epi8(field), cr = _mm_set1_epi8('\r'), lf = _mm_set1_epi8('\n');
  for (; at + 16 <= end; at += 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(data + at));
    const __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(block, separator), _mm_cmpeq_epi8(block, cr)),
                                     _mm_cmpeq_epi8(block, lf));
    for (auto mask = static_cast<unsigned>(_mm_movemask_epi8(hit)); mask != 0; mask &= mask - 1) {
      found(at + static_cast<unsigned>(__builtin_ctz(mask)));
    }
  }
#endif
  for (; at < end; ++at) {
    if (data[at] == field || data[at] == '\r' || data[at] == '\n') found(at);
  }
}

}  // namespace yilian::hl7v2
