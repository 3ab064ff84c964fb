#include "fate/sim/explore/story_table.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "fate/base/counted.h"
#include "fate/sim/explore/story_words.h"

namespace fate::sim {

namespace {

constexpr char kGap[] = "  ";
constexpr size_t kNarrowest = 16;  // of a column, however much it holds

// `text` in lines of at most `width`, cut at spaces if there are any; what is continued is indented.
std::vector<std::string> LinesOf(std::string text, size_t width) {
  std::vector<std::string> lines;
  const size_t indent = std::min(text.find_first_not_of(' ') + 2, width / 2);
  while (text.size() > width) {
    const size_t first = text.find_first_not_of(' ');
    const size_t space = text.rfind(' ', width);
    const bool at_space = space != std::string::npos && space > first;
    const size_t cut = at_space ? space : width;
    lines.push_back(text.substr(0, cut));
    text = absl::StrCat(std::string(indent, ' '), text.substr(cut + (at_space ? 1 : 0)));
  }
  lines.push_back(text);
  return lines;
}

// Rows of cells: the first column is the step, the last the place, between them the tasks.
class Table {
 public:
  explicit Table(const Execution& execution, uint64_t max_steps) : words_(execution), trace_(execution.trace) {
    const uint64_t steps = trace_.steps.size();
    const uint64_t half = max_steps / 2;
    const bool all = steps <= max_steps;
    for (uint64_t i = 0; i < steps; ++i) {
      if (all || i < half || i >= steps - half) AddColumn(trace_.steps[i].task);
    }
    NumberColumns();
    AddHead();
    for (uint64_t i = 0; i < steps; ++i) {
      if (all || i < half || i >= steps - half) {
        AddStep(i);
      } else if (i == half) {
        left_out_ = rows_.size();
        left_out_steps_ = steps - 2 * half;
      }
    }
    if (!execution.outcome.passed()) AddEnd(execution.outcome);
  }

  std::string Print(size_t width);

 private:
  using Row = std::vector<std::string>;

  void AddColumn(uint32_t task) { columns_[task] = 0; }
  void NumberColumns() {
    size_t column = 1;
    for (auto& [task, number] : columns_) number = column++;  // by id: the timer is last
  }
  Row NewRow() const { return Row(columns_.size() + 2); }
  std::string* CellOf(Row& row, uint32_t task) {
    auto found = columns_.find(task);
    return found == columns_.end() ? nullptr : &row[found->second];
  }
  void AddHead();
  void AddStep(uint64_t index);
  void AddTime(uint64_t index);
  void AddEnd(const Outcome& outcome);
  // Adds a word in brackets to what is in the cell.
  void Say(Row& row, uint32_t task, const std::string& word);
  // Leaves out the directories of places.
  void ShortenPlaces();
  std::vector<size_t> WidestCells() const;
  static size_t Total(const std::vector<size_t>& widths);
  // Of the columns, so that all fit into `width`; none: they do not.
  std::vector<size_t> Fit(size_t width);

  StoryWords words_;
  const Trace& trace_;
  std::map<uint32_t, size_t> columns_;  // of the tasks that have steps
  std::vector<Row> rows_;
  size_t move_ = 0;      // the next of the clock
  size_t left_out_ = 0;  // the row before which steps are left out; 0: none are
  uint64_t left_out_steps_ = 0;
};

void Table::AddHead() {
  Row row = NewRow();
  row.front() = "step";
  for (const auto& [task, column] : columns_) row[column] = words_.Task(task);
  row.back() = "at";
  rows_.push_back(std::move(row));
}

void Table::Say(Row& row, uint32_t task, const std::string& word) {
  std::string* cell = CellOf(row, task);
  if (cell == nullptr) return;
  if (!cell->empty() && cell->back() == ')') {
    cell->insert(cell->size() - 1, absl::StrCat(", ", word));
  } else {
    absl::StrAppend(cell, cell->empty() ? "" : " ", "(", word, ")");
  }
}

// The clock's moves before a step, those before steps that are left out too.
void Table::AddTime(uint64_t index) {
  for (; move_ < trace_.clock_moves.size() && trace_.clock_moves[move_].step <= index; ++move_) {
    if (trace_.clock_moves[move_].step < index) continue;
    Row row = NewRow();
    row.front() = absl::FormatDuration(absl::Nanoseconds(trace_.clock_moves[move_].now_ns));
    for (uint32_t task : words_.WokenByTime(index)) Say(row, task, "woken");
    rows_.push_back(std::move(row));
  }
}

void Table::AddStep(uint64_t index) {
  AddTime(index);
  const Step& step = trace_.steps[index];
  Row row = NewRow();
  row.front() = absl::StrCat(index + 1);
  *CellOf(row, step.task) = words_.OperationOf(index);
  row.back() = words_.BarePlaceOf(index);
  for (const StoryWords::Event& event : words_.EventsAt(index)) Say(row, event.task, event.word);
  rows_.push_back(std::move(row));
  for (const StoryWords::Inside& inside : words_.InsideOf(index)) {
    Row within = NewRow();
    *CellOf(within, step.task) = absl::StrCat("  ", inside.text);
    within.back() = inside.place;
    rows_.push_back(std::move(within));
  }
}

// Who stood where when it failed.
void Table::AddEnd(const Outcome& outcome) {
  Row row = NewRow();
  row.front() = "end";
  for (const auto& [task, column] : columns_) {
    const std::string pending = words_.PendingOf(task);
    if (!pending.empty()) row[column] = absl::StrCat("(before ", pending, ")");
  }
  if (outcome.kind != OutcomeKind::kDeadlock && !trace_.steps.empty()) {
    std::string* cell = CellOf(row, trace_.steps.back().task);
    if (cell->empty()) *cell = "(fails)";
  }
  rows_.push_back(std::move(row));
}

void Table::ShortenPlaces() {
  for (Row& row : rows_) {
    if (const size_t slash = row.back().find('/'); slash != std::string::npos) row.back().erase(0, slash + 1);
  }
}

std::vector<size_t> Table::WidestCells() const {
  std::vector<size_t> widths(columns_.size() + 2);
  for (const Row& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  return widths;
}

size_t Table::Total(const std::vector<size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(), (widths.size() - 1) * (sizeof(kGap) - 1));
}

std::vector<size_t> Table::Fit(size_t width) {
  std::vector<size_t> widths = WidestCells();
  if (Total(widths) > width) {
    ShortenPlaces();
    widths = WidestCells();
  }
  for (size_t total = Total(widths); total > width; --total) {
    const auto widest = std::max_element(widths.begin() + 1, widths.end() - 1);
    if (*widest <= kNarrowest) return {};
    --*widest;
  }
  return widths;
}

std::string Table::Print(size_t width) {
  if (columns_.empty()) return "";
  const std::vector<size_t> widths = Fit(width);
  if (widths.empty()) return "";
  std::string text;
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (left_out_ != 0 && i == left_out_) {
      absl::StrAppend(&text, "  ... ", Counted(left_out_steps_, "step"), " left out ...\n");
    }
    std::vector<std::vector<std::string>> cells;
    size_t lines = 1;
    for (size_t column = 0; column < widths.size(); ++column) {
      cells.push_back(LinesOf(rows_[i][column], widths[column]));
      lines = std::max(lines, cells.back().size());
    }
    for (size_t line = 0; line < lines; ++line) {
      std::string printed;
      for (size_t column = 0; column < widths.size(); ++column) {
        const std::string cell = line < cells[column].size() ? cells[column][line] : "";
        const std::string space(widths[column] - cell.size(), ' ');
        // The number of the step stands right.
        absl::StrAppend(&printed, column == 0 ? space : kGap, cell, column == 0 ? "" : space);
      }
      absl::StrAppend(&text, absl::StripTrailingAsciiWhitespace(printed), "\n");
    }
  }
  return text;
}

}  // namespace

std::string TellTable(const Execution& execution, uint64_t max_steps, size_t width) {
  return Table(execution, max_steps).Print(width);
}

}  // namespace fate::sim
