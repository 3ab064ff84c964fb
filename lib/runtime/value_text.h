// ValueText: a value of the program in a few characters, for a story.
//
//   ValueText(3)              "3"
//   ValueText("disk full"s)   "\"disk full\""
//   ValueText(std::vector{1, 2, 3})   "[1, 2, 3]"
//
// Numbers, bools, enums (their number), text, optionals, pairs, ranges of such, and whatever can be written to
// a std::ostream; "" for what has no text. Of a pointer it says only whether it is null: an address would
// differ from run to run, and what is behind it may be gone. At most kValueLength characters, the rest is
// dots. Same value, same text, on every compiler.
//
// Cold: made only in the execution that a story tells. While an operator<< of the program runs, the
// simulator does not look: what it reads is no step of the program. What it throws is swallowed.
// Tested by tests/runtime/value_text_test.cc.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>

#include "fate/runtime/context.h"

namespace fate {

namespace internal {

constexpr size_t kValueLength = 24;

std::string NumberText(int64_t value);
std::string NumberText(uint64_t value);
std::string NumberText(double value);
// In quotes, one line.
std::string QuotedText(std::string_view text);
std::string Shortened(std::string text);
// What `write` writes, without addresses; "" if it throws.
std::string StreamedText(void (*write)(std::ostream& out, const void* value), const void* value);

template <class T>
concept PointerLike = std::is_pointer_v<T> || std::is_member_pointer_v<T> || requires(const T& value) {
  { value.get() };
  { value == nullptr } -> std::convertible_to<bool>;
};
template <class T>
concept OptionalLike = requires(const T& value) {
  { value.has_value() } -> std::convertible_to<bool>;
  { *value };
};
template <class T>
concept PairLike = requires(const T& value) {
  value.first;
  value.second;
};
template <class T>
concept RangeLike = requires(const T& value) {
  { *value.begin() };
  { value.begin() != value.end() } -> std::convertible_to<bool>;
};
template <class T>
concept Streamable = requires(std::ostream& out, const T& value) { out << value; };

}  // namespace internal

template <class T>
std::string ValueText(const T& value) {
  using namespace internal;
  if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_same_v<T, char>) {
    return QuotedText(std::string_view(&value, 1));
  } else if constexpr (std::is_convertible_v<const T&, std::string_view> && !std::is_pointer_v<T>) {
    return QuotedText(value);
  } else if constexpr (std::is_floating_point_v<T>) {
    return NumberText(static_cast<double>(value));
  } else if constexpr (std::is_integral_v<T> && std::is_signed_v<T>) {
    return NumberText(static_cast<int64_t>(value));
  } else if constexpr (std::is_integral_v<T>) {
    return NumberText(static_cast<uint64_t>(value));
  } else if constexpr (std::is_null_pointer_v<T>) {
    return "null";
  } else if constexpr (PointerLike<T>) {
    return value == nullptr ? "null" : "not null";
  } else if constexpr (OptionalLike<T>) {
    return value.has_value() ? ValueText(*value) : "nothing";
  } else if constexpr (Streamable<T>) {
    return StreamedText([](std::ostream& out, const void* streamed) { out << *static_cast<const T*>(streamed); },
                        &value);
  } else if constexpr (std::is_enum_v<T>) {
    return ValueText(static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (PairLike<T>) {
    return Shortened("(" + ValueText(value.first) + ", " + ValueText(value.second) + ")");
  } else if constexpr (RangeLike<T>) {
    std::string text = "[";
    for (auto&& element : value) {
      if (text.size() > kValueLength) break;
      if (text.size() > 1) text += ", ";
      text += ValueText(element);
    }
    return Shortened(text + "]");
  } else {
    return "";
  }
}

// What a story says of one read, written, or replaced: "= 3", ":= 4", "3 -> 4"; "" without text.
std::string ReadText(const std::string& value);
std::string WrittenText(const std::string& value);
std::string ChangedText(const std::string& before, const std::string& after);

}  // namespace fate
