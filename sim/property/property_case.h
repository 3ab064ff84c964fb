// PropertyCase: one set of arguments of a property: how to begin a program on them, and how to show them.
//
// Shared by those who generate, run and shrink, which so know nothing of the arguments' types.
// Tested by tests/property/check_property_test.cc.
#pragma once

#include <rapidcheck.h>

#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "fate/sim/core/scheduler.h"
#include "fate/task/task.h"

namespace fate::sim {

struct PropertyCase {
  std::function<void(Roots&)> begin;  // called once an execution
  std::function<std::string()> show;  // one argument a line
};

// The names in "(std::vector<Transfer> transfers, int clients)"; empty for an argument without.
std::vector<std::string> ArgumentNames(const std::string& list);

// Cases of `body`, a callable that takes any arguments rapidcheck can make and gives a Task<>.
template <class Body>
rc::Gen<PropertyCase> CasesOf(Body body, std::vector<std::string> names, Place place);

// ---------------------------------------------------------------------------------------------

namespace internal {

std::string ShowArgument(const std::vector<std::string>& names, size_t index, const std::string& value);

template <class Body, class... Args>
rc::Gen<PropertyCase> CasesOfArguments(std::shared_ptr<Body> body, std::vector<std::string> names, Place place,
                                       std::function<Task<>(Args...)>*) {
  static_assert((std::is_same_v<Args, std::decay_t<Args>> && ...),
                "take the arguments of a property by value: each execution gets its own");
  using Values = std::tuple<Args...>;
  auto make = [=](Values&& moved) {
    auto values = std::make_shared<const Values>(std::move(moved));
    PropertyCase one;
    one.begin = [=](Roots& roots) { roots.Add(std::apply(*body, Values(*values)), "main", place); };
    one.show = [=] {
      std::string text;
      size_t index = 0;
      auto show = [&](const auto& value) {
        std::ostringstream stream;
        rc::show(value, stream);
        text += ShowArgument(names, index++, stream.str());
      };
      std::apply([&](const auto&... value) { (show(value), ...); }, *values);
      return text;
    };
    return one;
  };
  return rc::gen::map(rc::gen::arbitrary<Values>(), std::move(make));
}

}  // namespace internal

template <class Body>
rc::Gen<PropertyCase> CasesOf(Body body, std::vector<std::string> names, Place place) {
  using Signature = decltype(std::function(body));
  return internal::CasesOfArguments(std::make_shared<Body>(std::move(body)), std::move(names), place,
                                    static_cast<Signature*>(nullptr));
}

}  // namespace fate::sim
