#pragma once
// What the FHIR face can do, said from the tables that it works by.

#include <string>

namespace yilian::api {

std::string capability_statement(const std::string& base, const std::string& version);

}  // namespace yilian::api
