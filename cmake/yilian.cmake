# What every target of the project is built with, and the one way to declare a folder of the engine.

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

add_library(yilian_flags INTERFACE)
target_compile_options(yilian_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Werror)
target_include_directories(yilian_flags INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
if(YILIAN_SANITIZE)
  target_compile_options(yilian_flags INTERFACE -fsanitize=${YILIAN_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(yilian_flags INTERFACE -fsanitize=${YILIAN_SANITIZE})
endif()
# A program that is no fuzz target takes the call from the sanitizer's library, where it does nothing.
if(YILIAN_COVERAGE)
  target_compile_options(yilian_flags INTERFACE -fsanitize-coverage=trace-pc)
endif()

# yilian_module(NAME hl7v2 [SOURCES a.cpp b.cpp] [LINKS yilian::base …])
# One folder = one static library `yilian::NAME`. Its floor is written in DESIGN order in engine/CMakeLists.txt;
# tests/tools/check-floors holds every include against it.
function(yilian_module)
  cmake_parse_arguments(M "" "NAME" "SOURCES;LINKS" ${ARGN})
  add_library(yilian_${M_NAME} STATIC ${M_SOURCES})
  add_library(yilian::${M_NAME} ALIAS yilian_${M_NAME})
  target_link_libraries(yilian_${M_NAME} PUBLIC yilian_flags ${M_LINKS})
endfunction()

# yilian_embed(TARGET FILE SYMBOL): the bytes of FILE become `std::string_view yilian::embedded::SYMBOL()` in TARGET.
function(yilian_embed TARGET FILE SYMBOL)
  get_filename_component(path ${FILE} ABSOLUTE)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded_${SYMBOL}.cpp)
  file(CONFIGURE OUTPUT ${out} @ONLY CONTENT [=[
// Made by yilian_embed from @path@.
#include <string_view>
asm(R"(
.section .rodata
.balign 16
.global yilian_embedded_@SYMBOL@
yilian_embedded_@SYMBOL@:
.incbin "@path@"
.global yilian_embedded_@SYMBOL@_end
yilian_embedded_@SYMBOL@_end:
.byte 0
.text
)");
extern "C" const char yilian_embedded_@SYMBOL@[];
extern "C" const char yilian_embedded_@SYMBOL@_end[];
namespace yilian::embedded {
std::string_view @SYMBOL@();
std::string_view @SYMBOL@() {
  return {yilian_embedded_@SYMBOL@, static_cast<std::size_t>(yilian_embedded_@SYMBOL@_end - yilian_embedded_@SYMBOL@)};
}
}  // namespace yilian::embedded
]=])
  target_sources(${TARGET} PRIVATE ${out})
  set_source_files_properties(${out} PROPERTIES OBJECT_DEPENDS ${path})
endfunction()
