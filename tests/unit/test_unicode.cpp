// Unit tests of base/unicode.h. All of the tables are compared with Python's by tests/python/test_unicodedata.py.
#include <cstring>
#include <gtest/gtest.h>
#include <initializer_list>

#include "base/unicode.h"

namespace adder::unicode {
namespace {

TEST(Unicode, CharactersHaveTheirFlags) {
  EXPECT_TRUE(is_alpha(U'a'));
  EXPECT_TRUE(is_alpha(U'\u00aa'));
  EXPECT_TRUE(is_lower(U'\u00aa'));
  EXPECT_FALSE(is_alpha(U'1'));
  EXPECT_TRUE(is_title(U'\u01c5'));
  EXPECT_TRUE(is_line_break(U'\x1c'));
  EXPECT_TRUE(is_space(U'\u3000'));
  EXPECT_TRUE(is_printable(U' '));
  EXPECT_FALSE(is_printable(U'\u00a0'));
  EXPECT_TRUE(is_xid_start(U'\u4e00'));
  EXPECT_FALSE(is_xid_start(U'_'));
  EXPECT_TRUE(is_xid_continue(U'_'));
}

TEST(Unicode, WhatIsNoCodePointHasNoProperties) {
  EXPECT_EQ(character(0x110000).flags, 0);
  EXPECT_EQ(to_upper(0xFFFFFFFF), 0xFFFFFFFF);
  EXPECT_STREQ(category_name(0x7FFFFFFF), "Cn");
  EXPECT_EQ(decomposition(0x110000).size, 0);
}

TEST(Unicode, Values) {
  EXPECT_EQ(decimal_value(U'\u0669'), 9);
  EXPECT_EQ(decimal_value(U'\u00b2'), -1);
  EXPECT_EQ(digit_value(U'\u00b2'), 2);
  EXPECT_EQ(numeric_value(U'\u00bd'), 0.5);
  EXPECT_EQ(numeric_value(U'\u0f33'), -0.5);
  EXPECT_EQ(numeric_value(U'\u4e00'), 1.0);
  EXPECT_EQ(numeric_value(U'x'), -1.0);
  EXPECT_EQ(decimal_value(U'\u00b2', Edition::k3_2_0), 2);
}

TEST(Unicode, FullCaseMappings) {
  char32_t out[3];
  ASSERT_EQ(to_upper_full(U'\u00df', out), 2);
  EXPECT_EQ(out[0], U'S');
  EXPECT_EQ(out[1], U'S');
  ASSERT_EQ(to_upper_full(U'\ufb03', out), 3);
  ASSERT_EQ(to_lower_full(U'\u0130', out), 2);
  EXPECT_EQ(out[1], U'\u0307');
  ASSERT_EQ(to_title_full(U'\u01c4', out), 1);
  EXPECT_EQ(out[0], U'\u01c5');
  ASSERT_EQ(to_folded_full(U'\uab70', out), 1);
  EXPECT_EQ(out[0], U'\u13a0');
  ASSERT_EQ(to_folded_full(U'\u13a0', out), 1);
  EXPECT_EQ(out[0], U'\u13a0');
}

void expect_normal(Form form, std::initializer_list<char32_t> text, std::initializer_list<char32_t> expected) {
  CodePoints out;
  ASSERT_TRUE(normalize(form, Edition::kCurrent, text.begin(), text.size(), out));
  ASSERT_EQ(out.size(), expected.size());
  EXPECT_EQ(std::memcmp(out.data(), expected.begin(), expected.size() * sizeof(char32_t)), 0);
}

TEST(Unicode, NormalForms) {
  expect_normal(Form::kNfd, {U'\u1e69'}, {U's', U'\u0323', U'\u0307'});
  expect_normal(Form::kNfc, {U's', U'\u0307', U'\u0323'}, {U'\u1e69'});
  expect_normal(Form::kNfc, {U'\u0958'}, {U'\u0915', U'\u093c'});
  expect_normal(Form::kNfd, {U'\uac01'}, {U'\u1100', U'\u1161', U'\u11a8'});
  expect_normal(Form::kNfc, {U'\u1100', U'\u1161', U'\u11a8'}, {U'\uac01'});
  expect_normal(Form::kNfkc, {U'\ufb01'}, {U'f', U'i'});
  expect_normal(Form::kNfc, {U'a', U'\u0323', U'\u0328', U'\u0301'}, {U'\u0105', U'\u0323', U'\u0301'});
  EXPECT_EQ(quick_check(U'\u0301', Form::kNfc), QuickCheck::kMaybe);
}

TEST(Unicode, NamesGoThereAndBack) {
  char buffer[kNameBufferSize];
  int named = 0;
  for (char32_t c = 0; c < 0x110000; ++c) {
    size_t size = name_of(c, buffer);
    if (size == 0) continue;
    ++named;
    ASSERT_EQ(code_of_name(buffer, size, false), c) << buffer;
  }
  EXPECT_EQ(named, 138552);
}

TEST(Unicode, Lookup) {
  EXPECT_EQ(code_of_name("latin small letter a", 20, false), U'a');
  EXPECT_EQ(code_of_name("NUL", 3, false), kNoCode);
  EXPECT_EQ(code_of_name("NUL", 3, true), 0u);
  EXPECT_EQ(code_of_name("CJK UNIFIED IDEOGRAPH-4e00", 26, true), kNoCode);
  EXPECT_EQ(code_of_name("HANGUL SYLLABLE GAGG", 20, true), 0xAC02u);
  char32_t out[4];
  ASSERT_EQ(named_sequence("keycap number sign", 18, out), 3);
  EXPECT_EQ(out[0], U'#');
}

}  // namespace
}  // namespace adder::unicode
