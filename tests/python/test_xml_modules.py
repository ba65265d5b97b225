"""pyexpat and _elementtree, the machine rooms of xml.parsers.expat and xml.etree."""
import gc
import io
import sys
import traceback
import unittest

import pyexpat
from pyexpat import ParserCreate

ADDER = hasattr(sys, 'adder_version_info')
DOCUMENT = b'''<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE quotations [
<!ELEMENT a (b,(c|d)+,e?)*>
<!ATTLIST root kind (x|y) "x">
<!NOTATION n PUBLIC "pub" "sys">
<!ENTITY e SYSTEM "file">
]>
<root one="1"><!--note--><?go on?>\xe9<b><![CDATA[raw]]></b>&e;</root>'''


def events(document, setup=None, **create):
    """What all handlers but the default ones are told."""
    seen = []
    parser = ParserCreate(**create)
    for name in dir(parser):
        if name.endswith('Handler') and not name.startswith('Default'):
            setattr(parser, name, lambda *args, name=name[:-7]: seen.append((name, *args)) or 1)
    if setup:
        setup(parser)
    parser.Parse(document, True)
    return seen


class ExpatTest(unittest.TestCase):
    def test_events(self):
        self.assertEqual(events(DOCUMENT), [
            ('XmlDecl', '1.0', 'iso-8859-1', -1),
            ('StartDoctypeDecl', 'quotations', None, None, 1),
            ('ElementDecl', 'a', (6, 2, None, (
                (4, 0, 'b', ()), (5, 3, None, ((4, 0, 'c', ()), (4, 0, 'd', ()))), (4, 1, 'e', ())))),
            ('AttlistDecl', 'root', 'kind', '(x|y)', 'x', 0),
            ('NotationDecl', 'n', None, 'sys', 'pub'),
            ('EntityDecl', 'e', 0, None, None, 'file', None, None),
            ('EndDoctypeDecl',),
            ('StartElement', 'root', {'one': '1', 'kind': 'x'}),
            ('Comment', 'note'),
            ('ProcessingInstruction', 'go', 'on'),
            ('CharacterData', 'é'),
            ('StartElement', 'b', {}),
            ('StartCdataSection',), ('CharacterData', 'raw'), ('EndCdataSection',),
            ('EndElement', 'b'),
            ('ExternalEntityRef', 'e', None, 'file', None),
            ('EndElement', 'root'),
        ])

    def test_namespaces_and_attribute_forms(self):
        def setup(parser):
            parser.ordered_attributes = parser.specified_attributes = parser.namespace_prefixes = True
        seen = events(b'<p:a xmlns:p="u" p:b="1" c="2"/>', setup, namespace_separator='!')
        self.assertIn(('StartNamespaceDecl', 'p', 'u'), seen)
        self.assertIn(('StartElement', 'u!a!p', ['u!b!p', '1', 'c', '2']), seen)

    def test_buffered_text(self):
        def setup(parser):
            parser.buffer_text = True
            parser.buffer_size = 8
        seen = events(b'<a>1\n2\n3\n4\n5\n6<b/>7</a>', setup)
        self.assertEqual([e[1] for e in seen if e[0] == 'CharacterData'], ['1\n2\n3\n4\n', '5\n6', '7'])

    @unittest.skipUnless(ADDER, 'CPython 3.11 calls the handler again and again')
    def test_switching_the_buffer_off_in_its_handler(self):
        parser = ParserCreate()
        parser.buffer_text = True
        parser.CharacterDataHandler = lambda data: setattr(parser, 'buffer_text', False)
        self.assertEqual(parser.Parse(b'<a>x\ny<b/>z</a>', True), 1)

    def test_errors(self):
        with self.assertRaises(pyexpat.ExpatError) as caught:
            ParserCreate().Parse(b'<a>\n </b>', True)
        error = caught.exception
        self.assertEqual((str(error), error.code, error.lineno, error.offset),
                         ('mismatched tag: line 2, column 3', 7, 2, 3))
        self.assertEqual(pyexpat.errors.codes[pyexpat.errors.XML_ERROR_TAG_MISMATCH], 7)
        self.assertRaisesRegex(ValueError, 'multi-byte encodings', ParserCreate().Parse,
                               b'<?xml version="1.0" encoding="shift_jis"?><a/>')
        self.assertRaises(TypeError, ParserCreate().Parse, 1)
        self.assertRaises(TypeError, ParserCreate().ParseFile, io.StringIO('<a/>'))
        self.assertRaises(AttributeError, setattr, ParserCreate(), 'no_such_handler', 1)

    def test_exception_in_handler(self):
        def start(name, attributes):
            raise KeyError(name)
        parser = ParserCreate()
        parser.StartElementHandler = start
        try:
            parser.Parse(b'<a/>', True)
        except KeyError as error:
            names = [entry.name for entry in traceback.extract_tb(error.__traceback__)]
        self.assertEqual(names[1:], ['StartElement', 'start'])
        self.assertIsNone(parser.StartElementHandler)

    def test_external_entity_parser_keeps_its_parent(self):
        made = []

        def run():
            parser = ParserCreate()

            def external(context, *rest):
                made.append(parser.ExternalEntityParserCreate(context))
                return made[0].Parse(b'<x>')
            parser.ExternalEntityRefHandler = external
            parser.Parse(DOCUMENT, True)
        run()
        gc.collect()
        self.assertEqual(made[0].Parse(b'</x>', True), 1)

    def test_intern(self):
        names = {}
        seen = events(b'<a><a/></a>', intern=names)
        starts = [e[1] for e in seen if e[0] == 'StartElement']
        self.assertIs(starts[0], starts[1])
        self.assertIs(names['a'], starts[0])
        self.assertIsNone(ParserCreate(intern=None).intern)

    @unittest.skipUnless(ADDER, 'CPython 3.11 crashes')
    def test_feeding_from_a_handler(self):
        parser = ParserCreate()
        parser.StartElementHandler = lambda *args: parser.Parse(b'<b/>')
        self.assertRaises(RuntimeError, parser.Parse, b'<a><c/></a>')


if __name__ == '__main__':
    unittest.main()
