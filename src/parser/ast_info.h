// ast_info: the node classes as tables, for everything that treats all nodes alike: conversion to and from Python
// objects, the `_ast` module, dumps. The tables are generated into parser/ast_nodes.cpp.
#pragma once
#include "base/config.h"

namespace adder::ast {
// What a field holds. Types from the ASDL file follow as indexes into kTypes, from kFirstType on.
enum class BuiltinType : u8 { Identifier, String, Int, Constant, kFirstType };

enum class Quantity : u8 { One, Optional, Sequence };

struct FieldInfo {
  const char* name;
  u8 type;  // BuiltinType, or kFirstType + index into kTypes
  Quantity quantity;
  u16 offset;  // in the C++ struct
};

// A class with fields: a constructor of a sum type, or a product type.
struct NodeInfo {
  const char* name;
  const char* doc;
  const FieldInfo* fields;
  u8 field_count;
  u8 kind;  // the value of the kind enumeration; for an operator or context the value itself; 0 for a product type
  u16 size;
};

enum class TypeShape : u8 {
  Sum,      // several constructors; the struct has a `kind`
  Single,   // a sum type with one constructor; no `kind`
  Product,  // one class, which is the type itself
  Enum,     // constructors without fields; no struct
};

struct TypeInfo {
  const char* name;
  const char* doc;
  TypeShape shape;
  bool has_attributes;   // lineno, col_offset, end_lineno, end_col_offset, as a Position at position_offset
  bool end_is_optional;  // end_lineno and end_col_offset may be missing in Python
  u16 kind_offset;       // of a Sum
  u16 position_offset;
  const NodeInfo* nodes;
  u8 node_count;
};

extern const TypeInfo kTypes[];
extern const int kTypeCount;
}  // namespace adder::ast
