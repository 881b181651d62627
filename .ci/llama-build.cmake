# What llama-cpp-python's build of llama.cpp leaves out: less than half the compile time.
# The bindings load llama, ggml and mtmd. llama.cpp's `common` library serves its own
# command line tools, so it is neither built nor installed here.
if(NOT COMMAND _install)
  function(install)
    if(NOT "${ARGV1}" STREQUAL "llama-common")
      _install(${ARGV})
    endif()
  endfunction()
  # mtmd's helper refuses to share a translation unit with its internals.
  cmake_language(DEFER DIRECTORY "${CMAKE_SOURCE_DIR}"
                 CALL set_target_properties mtmd PROPERTIES UNITY_BUILD OFF)
endif()
