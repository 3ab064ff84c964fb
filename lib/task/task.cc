#include "fate/task/task.h"

#include <cxxabi.h>

#include <typeinfo>

#include "fate/runtime/check.h"

namespace fate::internal {

void PromiseBase::unhandled_exception() noexcept {
  // Asking for the type costs nothing; catching it again would cost a second unwinding.
  const std::type_info* type = abi::__cxa_current_exception_type();
  cancelled_ = type != nullptr && *type == typeid(Cancelled);
  exception_ = std::current_exception();
}

void PromiseBase::ShiftedFrame() {
  CheckFailed("the coroutine stands at the beginning of its frame",
              "your program has a coroutine that g++ 12 compiles wrongly: it declares no variable and awaits in "
              "the condition of an if, a loop or a switch; name what the await gives: "
              "const bool ready = co_await ...; if (ready) ...",
              Place(), CheckOf::kLibrary);
}

}  // namespace fate::internal
