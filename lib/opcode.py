"""The instruction set: names, numbers and what the arguments mean.

Everything comes from the table that the machine itself is built from, so the two cannot disagree.
"""
from _opcode import _table, stack_effect

__all__ = ["cmp_op", "hasconst", "hasname", "hasjrel", "hasjabs",
           "haslocal", "hascompare", "hasfree", "opname", "opmap",
           "HAVE_ARGUMENT", "EXTENDED_ARG", "hasnargs", "stack_effect"]

cmp_op = ('<', '<=', '==', '!=', '>', '>=')

# Bits of the properties in _table.
_CONST, _NAME, _LOCAL, _FREE, _COMPARE, _JUMP_RELATIVE, _JUMP_ABSOLUTE = (1 << bit for bit in range(1, 8))


def _with(bit):
    return [number for _, number, properties in _table if properties & bit]


opmap = {name: number for name, number, _ in _table}
opname = ['<%r>' % (number,) for number in range(256)]
for _name, _number in opmap.items():
    opname[_number] = _name
del _name, _number

hasconst = _with(_CONST)
hasname = _with(_NAME)
haslocal = _with(_LOCAL)
hasfree = _with(_FREE)
hascompare = _with(_COMPARE)
hasjrel = _with(_JUMP_RELATIVE)
hasjabs = _with(_JUMP_ABSOLUTE)
hasnargs = []  # kept for programs that read it; empty since Python 3.6

HAVE_ARGUMENT = 90  # opcodes from here on use their argument
EXTENDED_ARG = opmap['EXTENDED_ARG']

# Adder's inline caches and specialised forms are not part of its code objects.
_nb_ops = []
_specializations = {}
_specialized_instructions = []
_specialization_stats = ["success", "failure", "hit", "deferred", "miss", "deopt"]
_inline_cache_entries = [0] * 256
_cache_format = {}
