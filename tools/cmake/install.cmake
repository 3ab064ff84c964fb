# `cmake --install`, and what find_package(fate) reads. The libraries are exported as fate::fate,
# fate::uv, fate::sim, fate::testing and fate::testing_main.

include(CMakePackageConfigHelpers)

set(_package ${CMAKE_INSTALL_LIBDIR}/cmake/fate)

foreach(_name IN LISTS FATE_LIBRARIES)
  if(_name STREQUAL "fate")
    set(_export fate)
  else()
    string(REGEX REPLACE "^fate_" "" _export ${_name})
  endif()
  set_target_properties(${_name} PROPERTIES EXPORT_NAME ${_export})
  add_library(fate::${_export} ALIAS ${_name})
  # One file of targets for each library: a user without GoogleTest reads all but the last two.
  install(TARGETS ${_name} EXPORT ${_name} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
endforeach()

foreach(_name IN LISTS FATE_LIBRARIES)
  install(EXPORT ${_name} FILE targets-${_name}.cmake NAMESPACE fate:: DESTINATION ${_package})
endforeach()
install(DIRECTORY lib/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/fate FILES_MATCHING PATTERN "*.h")
install(DIRECTORY sim DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/fate FILES_MATCHING PATTERN "*.h")
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

string(REPLACE ";" " " _package_libraries "${FATE_LIBRARIES}")
configure_package_config_file(tools/cmake/fate-config.cmake.in fate-config.cmake
                              INSTALL_DESTINATION ${_package})
write_basic_package_version_file(fate-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/fate-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/fate-config-version.cmake tools/cmake/system.cmake
        DESTINATION ${_package})
