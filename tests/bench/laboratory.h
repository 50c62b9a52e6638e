#pragma once
// What a laboratory result with ten values brings: the load of the benches.

#include <cstddef>
#include <string>
#include <vector>

namespace yilian::bench {

inline constexpr std::size_t kResources = 17;

std::string id_of(const std::string& name);
// JSON of about what the mapping makes of a report (lab_messages.h).
std::vector<std::string> resources_of(int number, int patient);
// Patients as they come in a hospital of some size: every one several times, in no order.
int patient_of(int number);

}  // namespace yilian::bench
