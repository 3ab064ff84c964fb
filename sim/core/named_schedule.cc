#include "fate/sim/core/named_schedule.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "fate/sim/core/schedule.h"

namespace fate::sim {

namespace {

constexpr char kHead[] = "fate1n-";
constexpr size_t kHeadSize = sizeof(kHead) - 1;

absl::Status NotNamed(const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat("not a schedule by name: ", what,
                                                 "; copy the whole line that the failing run printed, from \"", kHead,
                                                 "\" to the end"));
}

std::string TextOf(const NthOperation& operation) { return absl::StrCat(ToString(operation.kind), ".", operation.nth); }

std::string TextOf(const NamedDeviation& one) {
  const char letter[] = {LetterOf(one.kind), 0};
  std::string text = letter;
  if (!one.task.empty()) absl::StrAppend(&text, one.task, ":", TextOf(one.after), "@", one.steps);
  if (one.ordinal > 0) absl::StrAppend(&text, "+", one.ordinal);
  if (one.before) absl::StrAppend(&text, ":", TextOf(*one.before));
  if (one.kind == ChoiceKind::kTask) return absl::StrCat(text, "=", one.target);
  return absl::StrCat(text, "=", one.option, "/", one.options);
}

// Takes what it recognises off the front of a text; what it does not makes it bad, for good.
class NameReader {
 public:
  explicit NameReader(std::string_view text) : rest_(text) {}

  bool good() const { return good_; }
  bool done() const { return rest_.empty(); }
  bool Sees(char c) const { return !rest_.empty() && rest_[0] == c; }
  bool Take(char c) {
    if (!Sees(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void Expect(char c) { good_ = Take(c) && good_; }

  template <class Number>
  Number TakeNumber(int base = 10) {
    Number value = 0;
    auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value, base);
    good_ = good_ && error == std::errc();
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    return value;
  }
  std::string TakeWord() {
    size_t size = 0;
    while (size < rest_.size() && absl::ascii_isalpha(static_cast<unsigned char>(rest_[size]))) ++size;
    std::string word(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return word;
  }
  // "0.1.2", or "timer3".
  std::string TakeTask() {
    std::string task = TakeWord();
    good_ = good_ && (task.empty() || task == "timer");
    for (;;) {
      absl::StrAppend(&task, TakeNumber<uint32_t>());
      if (!good_ || !Take('.')) return task;
      task += '.';
    }
  }
  NthOperation TakeOperation() {
    const std::string word = TakeWord();
    NthOperation operation;
    bool known = false;
    for (uint8_t kind = 0; kind < kOpKindCount && !known; ++kind) {
      operation.kind = static_cast<OpKind>(kind);
      known = word == ToString(operation.kind);
    }
    good_ = good_ && known;
    Expect('.');
    operation.nth = TakeNumber<uint64_t>();
    return operation;
  }

 private:
  std::string_view rest_;
  bool good_ = true;
};

NamedDeviation TakeDeviation(NameReader& reader) {
  NamedDeviation one;
  if (!reader.Sees('+') && !reader.Sees('=')) {
    one.task = reader.TakeTask();
    reader.Expect(':');
    one.after = reader.TakeOperation();
    reader.Expect('@');
    one.steps = reader.TakeNumber<uint64_t>();
  }
  if (reader.Take('+')) one.ordinal = reader.TakeNumber<uint32_t>();
  if (reader.Take(':')) one.before = reader.TakeOperation();
  reader.Expect('=');
  return one;
}

}  // namespace

std::string NamedDeviation::ToWords() const {
  const std::string what = kind == ChoiceKind::kTask ? absl::StrCat("task ", target, " runs")
                                                     : absl::StrCat("option ", option, " of ", options, " is taken");
  if (task.empty()) return absl::StrCat(what, " first");
  return absl::StrCat(what, " after ", ToString(after.kind), " ", after.nth, " of task ", task);
}

bool NamedSchedule::IsNamed(std::string_view text) { return text.substr(0, kHeadSize) == kHead; }

std::string NamedSchedule::ToText() const {
  std::string text = absl::StrCat(kHead, ToString(interleaving), "-s", absl::Hex(seed));
  for (const NamedDeviation& one : deviations) absl::StrAppend(&text, "-", TextOf(one));
  return absl::StrCat(text, "-c", absl::Hex(ScheduleChecksum(text)));
}

absl::StatusOr<NamedSchedule> NamedSchedule::Parse(std::string_view text) {
  if (!IsNamed(text)) return NotNamed(absl::StrCat("it does not begin with \"", kHead, "\""));
  const size_t check = text.rfind("-c");
  if (check == std::string_view::npos) return NotNamed("it is truncated: the checksum at its end is missing");
  NameReader tail(text.substr(check + 2));
  const uint32_t stated = tail.TakeNumber<uint32_t>(16);
  if (!tail.good() || !tail.done()) return NotNamed("the checksum at its end is malformed");
  if (stated != ScheduleChecksum(text.substr(0, check))) {
    return NotNamed("the checksum does not fit: it was cut or altered");
  }

  NamedSchedule schedule;
  NameReader reader(text.substr(kHeadSize, check - kHeadSize));
  const std::string word = reader.TakeWord();
  bool known = false;
  for (Interleaving interleaving : {Interleaving::kFifo, Interleaving::kLoop, Interleaving::kOperation}) {
    if (word != ToString(interleaving)) continue;
    schedule.interleaving = interleaving;
    known = true;
  }
  if (!known) return NotNamed("the interleaving is none of fifo, loop, operation");
  reader.Expect('-');
  reader.Expect('s');
  schedule.seed = reader.TakeNumber<uint64_t>(16);
  if (!reader.good()) return NotNamed("the seed is malformed");
  while (reader.Take('-')) {
    const std::string letter = reader.TakeWord();  // up to the first digit, so a task "timer3" is part of it
    const int kind = letter.empty() ? -1 : KindOf(letter[0]);
    if (kind < 0) return NotNamed(absl::StrCat("unknown kind of choice '", letter, "'"));
    NamedDeviation one = TakeDeviation(reader);
    one.task.insert(0, letter.substr(1));
    one.kind = static_cast<ChoiceKind>(kind);
    if (one.kind == ChoiceKind::kTask) {
      one.target = reader.TakeTask();
    } else {
      one.option = reader.TakeNumber<uint32_t>();
      reader.Expect('/');
      one.options = reader.TakeNumber<uint32_t>();
      if (reader.good() && one.option >= one.options) {
        return NotNamed(absl::StrCat("option ", one.option, " of ", one.options));
      }
    }
    if (!reader.good()) return NotNamed(absl::StrCat("deviation ", schedule.deviations.size() + 1, " is malformed"));
    schedule.deviations.push_back(std::move(one));
  }
  if (!reader.done()) return NotNamed("there is something between the last deviation and the checksum");
  return schedule;
}

}  // namespace fate::sim
