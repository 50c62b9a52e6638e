#include "engine/hl7v2/builder.h"

#include <stdexcept>
#include <tuple>

#include "engine/hl7v2/escape.h"

namespace yilian::hl7v2 {

Builder& Builder::segment(std::string_view id) {
  if (!out_.empty()) out_.push_back('\r');
  out_.append(id);
  field_ = 0;
  if (id == "MSH" || id == "FHS" || id == "BHS") {
    out_.push_back(d_.field);
    for (const char c : {d_.component, d_.repetition, d_.escape, d_.subcomponent}) out_.push_back(c);
    if (d_.truncation != '\0') out_.push_back(d_.truncation);
    field_ = 2;
  }
  repetition_ = component_ = subcomponent_ = 1;
  return *this;
}

// Writes the separators up to a place. Going back, or to the same place again, would put a value where it does not
// belong.
void Builder::advance(unsigned field, unsigned repetition, unsigned component, unsigned subcomponent) {
  const auto here = std::tie(field_, repetition_, component_, subcomponent_);
  if (field_ == 0 ? field == 0 : std::tie(field, repetition, component, subcomponent) <= here)
    throw std::logic_error("HL7 fields are written in ascending order");
  if (field != field_) {
    out_.append(field - field_, d_.field);
    repetition_ = component_ = subcomponent_ = 1;
  }
  if (repetition != repetition_) {
    out_.append(repetition - repetition_, d_.repetition);
    component_ = subcomponent_ = 1;
  }
  if (component != component_) {
    out_.append(component - component_, d_.component);
    subcomponent_ = 1;
  }
  out_.append(subcomponent - subcomponent_, d_.subcomponent);
  std::tie(field_, repetition_, component_, subcomponent_) = std::tie(field, repetition, component, subcomponent);
}

Builder& Builder::set(unsigned field, unsigned repetition, unsigned component, unsigned subcomponent,
                      std::string_view text) {
  if (text.empty()) return *this;  // separators are written when something follows them
  advance(field, repetition, component, subcomponent);
  out_.append(escape(text, d_));
  return *this;
}

Builder& Builder::raw(unsigned field, std::string_view hl7) {
  if (hl7.empty()) return *this;
  advance(field, 1, 1, 1);
  for (const char c : hl7) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\t') {
      out_.append(escape({&c, 1}, d_));
    } else {
      out_.push_back(c);
    }
  }
  return *this;
}

std::string Builder::take() {
  if (!out_.empty()) out_.push_back('\r');
  return std::move(out_);
}

}  // namespace yilian::hl7v2
