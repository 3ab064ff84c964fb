// SearchPath: what the path of a search is made of: its nodes, the events between them, the choices that led there.
//
// Node i stands before event i, and the last node after the last event. All of it is kept from one execution to the
// next, cut back to where the next one leaves it. Plain data: what is done with it is ReducedSearch.
// Tested by tests/strategies/optimal_dpor_test.cc.
#pragma once

#include <cstdint>

#include "fate/sim/race/happens_before.h"
#include "fate/sim/race/wakeup_tree.h"

namespace fate::sim {

struct SearchPath {
  static constexpr uint32_t kNone = 0xffffffff;
  using TaskSet = uint64_t;

  // Who is to go on, in a rendezvous with whom (kNoPartner: alone, or with whoever is there), and what it is to choose
  // inside.
  struct Letter {
    uint32_t task = kNone;
    uint32_t partner = PlannedStep::kNoPartner;
    uint32_t chosen = InsideChoices::kPlain;
  };

  // What is planned below an event, and who must not sleep there.
  struct Below {
    WakeupTree::Branch plan = WakeupTree::kNone;
    TaskSet awake = 0;
  };

  struct Node {
    TaskSet sleep = 0;       // inherited
    TaskSet above = 0;       // what of sleep was explored from a level that is expanded
    TaskSet done = 0;        // explored from here
    TaskSet todo = 0;        // to be explored from here (not used by optimal DPOR)
    TaskSet enabled = 0;     // what could run, or begin, and was not held back; 0: not known
    TaskSet unstarted = 0;   // what of it could begin
    TaskSet partly = 0;      // what of sleep could meet somebody whom it has not met while it sleeps
    TaskSet again_with = 0;  // whose event has been explored with one choice inside, of several
    TaskSet met = 0;         // whom it has met in those
    WakeupTree::Branch plan = WakeupTree::kNone;  // what is left to be explored, in order
    uint32_t again = kNone;                       // the task whose event is repeated with another choice inside
  };

  struct Event : PlannedStep {
    uint32_t first_step = 0;  // in the trace
    uint32_t steps_end = 0;
    uint32_t accesses_end = 0;
    uint32_t choice = kNone;  // that picked it; kNone: there was no other
    uint32_t choices_end = 0;
    bool chose_inside = false;  // a choice was made in it
    bool stood = false;    // a start that came to stand: one step with its task's operation where that need not wait
    uint32_t ordinal = 0;  // in its task; kept only if steps have something inside
  };

  struct Decision {
    uint32_t option;
    uint32_t options;
    uint32_t step : 31;     // it picked, or was made in
    uint32_t inside : 1;    // made within a step
    bool meets = false;     // it is the partner of a rendezvous
    bool by_races = false;  // another option is another letter
    uint8_t rank = 0;       // then: of the option, among `ranks` that do not depend on who came to stand there first
    uint8_t ranks = 0;      // 0: the letter has it as its partner
    TaskSet left = 0;       // of a partner: the options that are to be explored besides

    // Whether there is another to be explored next, of one made within a step.
    bool HasOther() const { return inside != 0 && ranks == 0 && (meets ? left != 0 : option + 1 < options); }
  };

  // Of two events, to be told of.
  struct FoundRace {
    uint32_t index;  // of the later event
    HappensBefore::Race race;
    uint32_t sleeper = kNone;  // who covered it for now, last time
  };
};

}  // namespace fate::sim
