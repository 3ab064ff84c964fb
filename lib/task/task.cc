#include "fate/task/task.h"

#include <cxxabi.h>

#include <typeinfo>

namespace fate::internal {

void PromiseBase::unhandled_exception() noexcept {
  // Asking for the type costs nothing; catching it again would cost a second unwinding.
  const std::type_info* type = abi::__cxa_current_exception_type();
  cancelled_ = type != nullptr && *type == typeid(Cancelled);
  exception_ = std::current_exception();
}

}  // namespace fate::internal
