#include "fate/runtime/object.h"

#include "fate/base/mix.h"
#include "fate/runtime/simulation.h"

namespace fate {

// Outside any task the order of making is that of the program's own code, which no schedule changes.
uint32_t Object::NewName(Place place) {
  if (context.simulation != nullptr && context.task != nullptr) return context.simulation->NewObjectName();
  return static_cast<uint32_t>(Mix((uint64_t{place.line()} << 32) + ++context.objects_made));
}

void Object::TellLook(Place place) const { context.simulation->Access(*this, OpKind::kRead, place); }

}  // namespace fate
