#include "fate/sim/core/schedule.h"

#include <unistd.h>

#include <charconv>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "fate/base/mix.h"

namespace fate::sim {

namespace {

constexpr char kLetters[] = "tmpbd";

// Where the text goes: into a string, or, after a crash, to a descriptor; with the checksum so far.
// No allocation of its own.
class Writer {
 public:
  explicit Writer(std::string* out) : out_(out) {}
  explicit Writer(int fd) : fd_(fd) {}

  void Text(std::string_view text) {
    for (char c : text) checksum_ = Mix(checksum_, static_cast<unsigned char>(c));
    Raw(text);
  }
  void Number(uint64_t value, int base = 10) {
    char digits[32];
    auto end = std::to_chars(digits, digits + sizeof(digits), value, base).ptr;
    Text(std::string_view(digits, static_cast<size_t>(end - digits)));
  }
  void Finish() {
    char digits[16];
    auto end = std::to_chars(digits, digits + 16, checksum_ & 0xffffffff, 16).ptr;
    Raw("-c");
    Raw(std::string_view(digits, static_cast<size_t>(end - digits)));
    Flush();
  }

 private:
  void Raw(std::string_view text) {
    if (out_ != nullptr) {
      out_->append(text);
      return;
    }
    for (char c : text) {
      if (used_ == sizeof(buffer_)) Flush();
      buffer_[used_++] = c;
    }
  }
  void Flush() {
    if (used_ > 0 && ::write(fd_, buffer_, used_) < 0) {
      // A crash report that cannot be written has nowhere to complain.
    }
    used_ = 0;
  }

  std::string* out_ = nullptr;
  int fd_ = -1;
  uint64_t checksum_ = 0;
  char buffer_[512];
  size_t used_ = 0;
};

void WriteHead(Writer& writer, Interleaving interleaving, uint64_t seed, uint64_t count) {
  writer.Text("fate1-");
  writer.Text(ToString(interleaving));
  writer.Text("-s");
  writer.Number(seed, 16);
  writer.Text("-n");
  writer.Number(count);
}

void WriteDeviation(Writer& writer, uint64_t index, Choice choice) {
  writer.Text("-");
  writer.Number(index);
  char letter = LetterOf(choice.choice_kind());
  writer.Text(std::string_view(&letter, 1));
  writer.Number(choice.option);
  writer.Text("/");
  writer.Number(choice.options);
}

absl::Status Bad(const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat(
      "not a schedule: ", what, "; copy the whole line that the failing run printed, from \"fate1-\" to the end"));
}

// Takes what it recognises off the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}
  bool done() const { return rest_.empty(); }
  bool TakeText(std::string_view expected) {
    if (rest_.substr(0, expected.size()) != expected) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  bool Letter(char& letter) {
    if (rest_.empty()) return false;
    letter = rest_[0];
    rest_.remove_prefix(1);
    return true;
  }
  template <class Number>
  bool Take(Number& value, int base = 10) {
    auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value, base);
    if (error != std::errc() || end == rest_.data()) return false;
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    return true;
  }

 private:
  std::string_view rest_;
};

}  // namespace

char LetterOf(ChoiceKind kind) { return kLetters[static_cast<size_t>(kind)]; }

int KindOf(char letter) {
  const char* found = letter == 0 ? nullptr : std::strchr(kLetters, letter);
  return found == nullptr ? -1 : static_cast<int>(found - kLetters);
}

uint32_t ScheduleChecksum(std::string_view text) {
  uint64_t checksum = 0;
  for (char c : text) checksum = Mix(checksum, static_cast<unsigned char>(c));
  return static_cast<uint32_t>(checksum);
}

Schedule Schedule::Of(Interleaving interleaving, uint64_t seed, const Log<Choice>& choices) {
  Schedule schedule{interleaving, seed, choices.size(), {}};
  for (size_t i = 0; i < choices.size(); ++i) {
    if (choices[i].option != 0) schedule.deviations.push_back({i, choices[i]});
  }
  return schedule;
}

std::string Schedule::ToText() const {
  std::string text;
  Writer writer(&text);
  WriteHead(writer, interleaving, seed, choices);
  for (const Deviation& deviation : deviations) {
    WriteDeviation(writer, deviation.index, deviation.choice);
  }
  writer.Finish();
  return text;
}

void WriteSchedule(int fd, Interleaving interleaving, uint64_t seed, const Choice* choices, uint64_t count) {
  Writer writer(fd);
  WriteHead(writer, interleaving, seed, count);
  for (uint64_t i = 0; i < count; ++i) {
    if (choices[i].option != 0) WriteDeviation(writer, i, choices[i]);
  }
  writer.Finish();
}

absl::StatusOr<Schedule> Schedule::Parse(std::string_view text) {
  Reader reader(text);
  if (!reader.TakeText("fate")) return Bad("it does not begin with \"fate1-\"");
  uint32_t version = 0;
  if (!reader.Take(version)) return Bad("it does not begin with \"fate1-\"");
  if (version != 1) {
    return absl::UnimplementedError(absl::StrCat("the schedule is of version ", version,
                                                 "; this build of fate reads version 1: "
                                                 "replay it with the version of fate that printed it"));
  }
  size_t check = text.rfind("-c");
  if (check == std::string_view::npos) return Bad("it is truncated: the checksum at its end is missing");
  uint64_t stated = 0;
  Reader tail(text.substr(check + 2));
  if (!tail.Take(stated, 16) || !tail.done()) return Bad("the checksum at its end is malformed");
  if (stated != ScheduleChecksum(text.substr(0, check))) return Bad("the checksum does not fit: it was cut or altered");

  Schedule schedule;
  reader = Reader(text.substr(5, check - 5));
  bool known = false;
  for (Interleaving interleaving : {Interleaving::kFifo, Interleaving::kLoop, Interleaving::kOperation}) {
    if (!known && reader.TakeText(absl::StrCat("-", ToString(interleaving), "-s"))) {
      known = true;
      schedule.interleaving = interleaving;
    }
  }
  if (!known) return Bad("the interleaving is none of fifo, loop, operation");
  if (!reader.Take(schedule.seed, 16)) return Bad("the seed is malformed");
  if (!reader.TakeText("-n") || !reader.Take(schedule.choices)) return Bad("the number of choices is malformed");
  while (!reader.done()) {
    uint64_t index = 0;
    char letter = 0;
    uint32_t option = 0;
    uint32_t options = 0;
    if (!reader.TakeText("-") || !reader.Take(index) || !reader.Letter(letter) || !reader.Take(option) ||
        !reader.TakeText("/") || !reader.Take(options)) {
      return Bad("a deviation is malformed");
    }
    const int kind = KindOf(letter);
    if (kind < 0) return Bad(absl::StrCat("unknown kind of choice '", std::string(1, letter), "'"));
    if (option == 0 || option >= options || options >= (1u << 28)) {
      return Bad(absl::StrCat("choice ", index, " has option ", option, " of ", options));
    }
    if (index >= schedule.choices || (!schedule.deviations.empty() && index <= schedule.deviations.back().index)) {
      return Bad(absl::StrCat("choice ", index, " is out of order or past the end"));
    }
    schedule.deviations.push_back({index, {option, options, static_cast<uint32_t>(kind)}});
  }
  return schedule;
}

}  // namespace fate::sim
