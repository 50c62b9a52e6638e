#include "engine/database/driver.h"

namespace yilian::database {

Statement::~Statement() {
  if (inner_ == nullptr) return;
  if (busy_ == nullptr) {
    delete inner_;
    return;
  }
  inner_->reset();
  *busy_ = false;
}

Statement& Statement::bind(int index, std::int64_t value) {
  inner_->bind_integer(index, value);
  return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
  inner_->bind_text(index, text);
  return *this;
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
  inner_->bind_blob(index, bytes);
  return *this;
}

Statement& Statement::bind_null(int index) {
  inner_->bind_null(index);
  return *this;
}

Statement& Statement::bind_each(int index, std::span<const std::int64_t> values) {
  inner_->bind_each(index, values);
  return *this;
}

bool Statement::ask() { return inner_->ask(); }
bool Statement::step() { return inner_->step(); }
void Statement::reset() { inner_->reset(); }
std::int64_t Statement::integer(int column) const { return inner_->integer(column); }
std::string_view Statement::text(int column) const { return inner_->text(column); }
std::string_view Statement::blob(int column) const { return inner_->blob(column); }
bool Statement::null(int column) const { return inner_->null(column); }

}  // namespace yilian::database
