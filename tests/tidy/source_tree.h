// The files of a source tree as the rules of tidy_test see them: whole lines, and lines without
// their comments and strings.

#pragma once

#include <cctype>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fate::tidy {

struct SourceFile {
  // `path` is relative to the top of the tree.
  SourceFile(std::string path, std::string_view text);

  bool IsHeader() const;                         // *.h
  bool IsCpp() const;                            // *.h or *.cc
  bool Under(std::string_view directory) const;  // "lib/uv" holds "lib/uv/loop.cc"

  // The room a file is in: "lib/base", "sim/core", "tests/sync"; the directory for all else.
  std::string Room() const;

  // True if line `number` or the one above has the comment `// <marker>`, e.g. "Tidy:".
  bool Excused(int number, std::string_view marker) const;

  std::string path;
  std::vector<std::string> lines;  // as they are
  // For C++: comments are blanked in both, the insides of string and character literals in `code`
  // only. Columns are kept. For other files the same as `lines`.
  std::vector<std::string> uncommented;
  std::vector<std::string> code;
  // The comment lines before the first declaration, without their slashes.
  std::vector<std::string> first_comment;
};

// Whether `c` may stand in a name.
inline bool IsWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

struct Include {
  int line;  // from 1
  std::string path;
  bool quoted;  // "path", not <path>
};

std::vector<Include> Includes(const SourceFile& file);

// By path.
using SourceTree = std::map<std::string, SourceFile>;

// Reads the tree that lies at the working directory, or above it: what lies directly at its top,
// and docs, lib, sim, tests, tools.
SourceTree ReadSourceTree();

}  // namespace fate::tidy
