// filesystem: the encoding of file names, arguments and environment: UTF-8, or ASCII in the C locale without UTF-8
// mode; bytes that cannot be decoded travel as surrogates.
#pragma once

namespace adder {
// Set at start-up from the configuration.
extern bool filesystem_is_ascii;
}  // namespace adder
