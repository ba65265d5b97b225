"""Disassembler: code objects as text and as sequences of Instruction.

The names are those of Python 3.11's module; what is printed is the canonical code (docs/bytecode.md), in the columns that
Python 3.10 prints for it. `show_caches` and `adaptive` are accepted and change nothing: code objects hold no caches.
"""
import collections
import io
import sys
import types

from opcode import *
from opcode import __all__ as _opcode_names

__all__ = ["code_info", "dis", "disassemble", "distb", "disco",
           "findlinestarts", "findlabels", "show_code",
           "get_instructions", "Instruction", "Bytecode"] + _opcode_names
del _opcode_names

_have_code = (types.MethodType, types.FunctionType, types.CodeType, classmethod, staticmethod, type)

COMPILER_FLAG_NAMES = {
    1: "OPTIMIZED",
    2: "NEWLOCALS",
    4: "VARARGS",
    8: "VARKEYWORDS",
    16: "NESTED",
    32: "GENERATOR",
    64: "NOFREE",
    128: "COROUTINE",
    256: "ITERABLE_COROUTINE",
    512: "ASYNC_GENERATOR",
}

# Tables of specialised instructions, which canonical code does not have.
deoptmap = {}
_all_opname = opname
_all_opmap = opmap

# What FORMAT_VALUE does to the value first, by the two lowest bits of its argument.
_CONVERSIONS = ((None, ''), (str, 'str'), (repr, 'repr'), (ascii, 'ascii'))
# What MAKE_FUNCTION takes from the stack, by the bits of its argument.
_FUNCTION_PARTS = ('defaults', 'kwdefaults', 'annotations', 'closure')

_OPNAME_WIDTH = 20
_OPARG_WIDTH = 5


# == Objects that have code ==

def _code_attribute(x):
    """The function, method or code object inside x, or x."""
    x = getattr(x, '__func__', x)
    for name in ('__code__', 'gi_code', 'ag_code', 'cr_code'):
        if hasattr(x, name):
            return getattr(x, name)
    return x


def _try_compile(source, name):
    """Compile an expression, or statements if it is none."""
    try:
        return compile(source, name, 'eval')
    except SyntaxError:
        return compile(source, name, 'exec')


def _get_code_object(x):
    x = _code_attribute(x)
    if isinstance(x, str):
        x = _try_compile(x, "<disassembly>")
    if hasattr(x, 'co_code'):
        return x
    raise TypeError("don't know how to disassemble %s objects" % type(x).__name__)


# == Instructions ==

Positions = collections.namedtuple('Positions', ['lineno', 'end_lineno', 'col_offset', 'end_col_offset'],
                                   defaults=[None] * 4)
Positions.__doc__ = "Where an instruction comes from in the source; None for what is unknown."

_Instruction = collections.namedtuple(
    "_Instruction",
    ['opname', 'opcode', 'arg', 'argval', 'argrepr', 'offset', 'starts_line', 'is_jump_target', 'positions'],
    defaults=[None])
_Instruction.opname.__doc__ = "Human readable name for operation"
_Instruction.opcode.__doc__ = "Numeric code for operation"
_Instruction.arg.__doc__ = "Numeric argument to operation (if any), otherwise None"
_Instruction.argval.__doc__ = "Resolved arg value (if known), otherwise same as arg"
_Instruction.argrepr.__doc__ = "Human readable description of operation argument"
_Instruction.offset.__doc__ = "Start index of operation within bytecode sequence"
_Instruction.starts_line.__doc__ = "Line started by this opcode (if any), otherwise None"
_Instruction.is_jump_target.__doc__ = "True if other code jumps to here, otherwise False"
_Instruction.positions.__doc__ = "dis.Positions object holding the span of source code covered by this instruction"


class Instruction(_Instruction):
    """One instruction of a code object.

    opname, opcode    name and number of the operation
    arg               its argument, None if it has none
    argval, argrepr   what the argument stands for, as a value and as text
    offset            where it starts, in bytes
    starts_line       the line that begins with it, or None
    is_jump_target    whether some instruction jumps here
    positions         the Positions it comes from
    """

    def _disassemble(self, lineno_width=3, mark_as_current=False, offset_width=4):
        fields = []
        if lineno_width:
            line = '' if self.starts_line is None else str(self.starts_line)
            fields.append(line.rjust(lineno_width))
        fields.append('-->' if mark_as_current else '   ')
        fields.append('>>' if self.is_jump_target else '  ')
        fields.append(str(self.offset).rjust(offset_width))
        fields.append(self.opname.ljust(_OPNAME_WIDTH))
        if self.arg is not None:
            fields.append(repr(self.arg).rjust(_OPARG_WIDTH))
            if self.argrepr:
                fields.append('(' + self.argrepr + ')')
        return ' '.join(fields).rstrip()


def _unpack_opargs(code):
    """Yield (offset, opcode, argument or None); the parts of a long argument are put together."""
    high = 0
    for offset in range(0, len(code), 2):
        op = code[offset]
        arg = None
        if op >= HAVE_ARGUMENT:
            arg = code[offset + 1] | high
            high = (arg << 8) if op == EXTENDED_ARG else 0
        else:
            high = 0
        yield offset, op, arg


def _jump_target(offset, op, arg):
    """Where an instruction jumps to, in bytes; None if it does not."""
    if op in _JUMPS_RELATIVE:
        return offset + 2 + arg * 2
    if op in _JUMPS_ABSOLUTE:
        return arg * 2
    return None


_JUMPS_RELATIVE = frozenset(hasjrel)
_JUMPS_ABSOLUTE = frozenset(hasjabs)


def findlabels(code):
    """List the offsets in a bytes object of code that are jumped to, in the order of the jumps."""
    labels = []
    for offset, op, arg in _unpack_opargs(code):
        if arg is not None:
            target = _jump_target(offset, op, arg)
            if target is not None and target not in labels:
                labels.append(target)
    return labels


def findlinestarts(code):
    """Yield (offset, line) for each place in the code where another line begins."""
    last = None
    for start, _, line in code.co_lines():
        if line is not None and line != last:
            last = line
            yield start, line


def _look_up(index, table):
    """Value and text of an argument that is an index into a table of names."""
    if table is None:
        return index, repr(index)
    return table[index], table[index]


def _describe(offset, op, arg, varnames, names, constants, cells):
    """Value and text of what an argument stands for."""
    if op in hasconst:
        value = arg if constants is None else constants[arg]
        return value, repr(value)
    if op in hasname:
        return _look_up(arg, names)
    target = _jump_target(offset, op, arg)
    if target is not None:
        return target, "to " + repr(target)
    if op in haslocal:
        return _look_up(arg, varnames)
    if op in hascompare:
        return cmp_op[arg], cmp_op[arg]
    if op in hasfree:
        return _look_up(arg, cells)
    name = opname[op]
    if name == 'FORMAT_VALUE':
        conversion, text = _CONVERSIONS[arg & 3]
        has_spec = bool(arg & 4)
        if has_spec:
            text = text + ', with format' if text else 'with format'
        return (conversion, has_spec), text
    if name == 'MAKE_FUNCTION':
        return arg, ', '.join(part for bit, part in enumerate(_FUNCTION_PARTS) if arg & 1 << bit)
    return arg, ''


def _instructions(code, varnames=None, names=None, constants=None, cells=None, line_starts=None, line_offset=0,
                  positions=()):
    labels = set(findlabels(code))
    line_starts = line_starts or {}
    places = list(positions)
    for offset, op, arg in _unpack_opargs(code):
        line = line_starts.get(offset)
        if line is not None:
            line += line_offset
        value, text = (None, '') if arg is None else _describe(offset, op, arg, varnames, names, constants, cells)
        place = Positions(*places[offset // 2]) if offset // 2 < len(places) else None
        yield Instruction(opname[op], op, arg, value, text, offset, line, offset in labels, place)


def get_instructions(x, *, first_line=None, show_caches=False, adaptive=False):
    """Iterate over the Instructions of a function, method, generator, code object or source text.

    If first_line is given, line numbers are counted as if the code began there.
    """
    code = _get_code_object(x)
    offset = 0 if first_line is None else first_line - code.co_firstlineno
    return _instructions_of(code, offset)


def _instructions_of(code, line_offset=0):
    return _instructions(code.co_code, code.co_varnames, code.co_names, code.co_consts,
                         code.co_cellvars + code.co_freevars, dict(findlinestarts(code)), line_offset,
                         code.co_positions())


# == Printing ==

def _print_instructions(instructions, code_size, last_line, lasti, file):
    """last_line: the highest line number, None to print no lines."""
    line_width = 0
    if last_line is not None:
        line_width = len(str(last_line)) if last_line >= 1000 else 3
    offset_width = len(str(code_size - 2)) if code_size - 2 >= 10000 else 4
    for instruction in instructions:
        if line_width and instruction.starts_line is not None and instruction.offset > 0:
            print(file=file)
        print(instruction._disassemble(line_width, instruction.offset == lasti, offset_width), file=file)


def disassemble(co, lasti=-1, *, file=None, show_caches=False, adaptive=False):
    """Print the instructions of a code object; mark the one at offset lasti."""
    _disassemble_code(co, lasti, 0, file)


def _disassemble_code(co, lasti, line_offset, file):
    lines = [line for _, line in findlinestarts(co)]
    last_line = max(lines) + line_offset if lines else None
    _print_instructions(_instructions_of(co, line_offset), len(co.co_code), last_line, lasti, file)


def _disassemble_recursive(co, *, file=None, depth=None):
    disassemble(co, file=file)
    if depth is None or depth > 0:
        inner = None if depth is None else depth - 1
        for constant in co.co_consts:
            if hasattr(constant, 'co_code'):
                print(file=file)
                print("Disassembly of %r:" % (constant,), file=file)
                _disassemble_recursive(constant, file=file, depth=inner)


def dis(x=None, *, file=None, depth=None, show_caches=False, adaptive=False):
    """Print the instructions of x and of the code inside it.

    x: a class, module, function, method, generator, code object, source text or bytes of code; without x, the last traceback.
    depth: how many levels of code inside code are shown; None for all.
    """
    if x is None:
        return distb(file=file)
    x = _code_attribute(x)
    if hasattr(x, '__dict__'):
        for name, member in sorted(x.__dict__.items()):
            if isinstance(member, _have_code):
                print("Disassembly of %s:" % name, file=file)
                try:
                    dis(member, file=file, depth=depth)
                except TypeError as problem:
                    print("Sorry:", problem, file=file)
                print(file=file)
    elif hasattr(x, 'co_code'):
        _disassemble_recursive(x, file=file, depth=depth)
    elif isinstance(x, (bytes, bytearray)):
        _print_instructions(_instructions(x), len(x), None, -1, file)
    elif isinstance(x, str):
        _disassemble_recursive(_try_compile(x, '<dis>'), file=file, depth=depth)
    else:
        raise TypeError("don't know how to disassemble %s objects" % type(x).__name__)


def distb(tb=None, *, file=None, show_caches=False, adaptive=False):
    """Print the code in which a traceback ends (default: the last one), and mark the instruction that raised."""
    if tb is None:
        try:
            tb = sys.last_traceback
        except AttributeError:
            raise RuntimeError("no last traceback to disassemble") from None
        while tb.tb_next:
            tb = tb.tb_next
    disassemble(tb.tb_frame.f_code, tb.tb_lasti, file=file)


disco = disassemble  # its old name


# == Code objects as a whole ==

def pretty_flags(flags):
    """Names of the bits of co_flags."""
    names = []
    bit = 1
    while flags:
        if flags & bit:
            names.append(COMPILER_FLAG_NAMES.get(bit, hex(bit)))
            flags ^= bit
        bit <<= 1
    return ", ".join(names) or '0x0'


def _format_code_info(co):
    lines = ["Name:              %s" % co.co_name,
             "Filename:          %s" % co.co_filename,
             "Argument count:    %s" % co.co_argcount,
             "Positional-only arguments: %s" % co.co_posonlyargcount,
             "Kw-only arguments: %s" % co.co_kwonlyargcount,
             "Number of locals:  %s" % co.co_nlocals,
             "Stack size:        %s" % co.co_stacksize,
             "Flags:             %s" % pretty_flags(co.co_flags)]
    tables = (("Constants:", [repr(constant) for constant in co.co_consts]), ("Names:", co.co_names),
              ("Variable names:", co.co_varnames), ("Free variables:", co.co_freevars),
              ("Cell variables:", co.co_cellvars))
    for title, table in tables:
        if table:
            lines.append(title)
            lines.extend("%4d: %s" % entry for entry in enumerate(table))
    return "\n".join(lines)


def code_info(x):
    """Facts about the code of x, as text of several lines."""
    return _format_code_info(_get_code_object(x))


def show_code(co, *, file=None):
    """Print what code_info() gives."""
    print(code_info(co), file=file)


class Bytecode:
    """The instructions of x, a function, method, generator, code object or source text; iterates over Instructions."""

    def __init__(self, x, *, first_line=None, current_offset=None, show_caches=False, adaptive=False):
        self.codeobj = co = _get_code_object(x)
        self.first_line = co.co_firstlineno if first_line is None else first_line
        self._line_offset = self.first_line - co.co_firstlineno
        self._original_object = x
        self.current_offset = current_offset
        self.show_caches = show_caches
        self.adaptive = adaptive

    def __iter__(self):
        return _instructions_of(self.codeobj, self._line_offset)

    def __repr__(self):
        return "{}({!r})".format(self.__class__.__name__, self._original_object)

    @classmethod
    def from_traceback(cls, tb, *, show_caches=False, adaptive=False):
        """The code in which a traceback ends."""
        while tb.tb_next:
            tb = tb.tb_next
        return cls(tb.tb_frame.f_code, current_offset=tb.tb_lasti, show_caches=show_caches, adaptive=adaptive)

    def info(self):
        """Facts about the code object, as code_info() gives them."""
        return _format_code_info(self.codeobj)

    def dis(self):
        """The text that dis() would print for this code object alone."""
        with io.StringIO() as output:
            lasti = -1 if self.current_offset is None else self.current_offset
            _disassemble_code(self.codeobj, lasti, self._line_offset, output)
            return output.getvalue()


# == What other modules of the library ask ==

def _find_imports(co):
    """Yield (module name, level, names) for each import statement in the code; used by modulefinder."""
    instructions = [(op, arg) for _, op, arg in _unpack_opargs(co.co_code) if op != EXTENDED_ARG]
    for index, (op, arg) in enumerate(instructions):
        if op == opmap['IMPORT_NAME'] and index >= 2:
            (level_op, level), (names_op, names) = instructions[index - 2], instructions[index - 1]
            if level_op in hasconst and names_op in hasconst:
                yield co.co_names[arg], co.co_consts[level], co.co_consts[names]


def _find_store_names(co):
    """Yield the names that module code binds; used by modulefinder."""
    stores = (opmap['STORE_NAME'], opmap['STORE_GLOBAL'])
    for _, op, arg in _unpack_opargs(co.co_code):
        if op in stores:
            yield co.co_names[arg]


def _main():
    import argparse

    parser = argparse.ArgumentParser()
    parser.add_argument('infile', type=argparse.FileType('rb'), nargs='?', default='-')
    args = parser.parse_args()
    with args.infile as infile:
        source = infile.read()
    dis(compile(source, args.infile.name, "exec"))


if __name__ == "__main__":
    _main()
