"""Lists, tuples, dicts, sets and the abstract protocols from C."""
import unittest

import support
from support import result
import containers

# Function and argument tuples; each call gets fresh copies.
CASES = """
List_Append [1],2; (1,),2; None,1
List_Insert [1,2],0,0; [1,2],99,0; [1,2],-1,0; (),0,0
List_SetItem [1,2],1,5; [1],1,5; [1],-1,5; (1,),0,5
List_GetItem [1,2],1; [1],1; [1],-1; (1,),0
List_Size [1,2]; (1,); 5
List_GetSlice [1,2,3],1,2; [1,2,3],-5,99; [1,2,3],2,1; (1,),0,1
List_SetSlice [1,2,3],1,2,[7,8]; [1,2,3],0,3,None; [1,2,3],1,1,(9,); [1],0,1,5; (),0,1,[]
List_Sort [3,1,2]; [1,"a"]; (1,)
List_Reverse [1,2,3]; ()
List_AsTuple [1,2]; (1,2)
List_New 0; -1
List_Extend [1],(2,3); [1],iter([4]); [1],5
Tuple_GetItem (1,2),1; (1,),1; (1,),-1; [1],0
Tuple_Size (1,2); [1]
Tuple_GetSlice (1,2,3),1,2; (1,2,3),-5,99; [1],0,1
Tuple_Pack 1,2,3
Tuple_New 0; -1
Dict_GetItem {1:2},1; {1:2},3; {1:2},[]; 5,1
Dict_GetItemWithError {1:2},1; {1:2},3; {1:2},[]; 5,1
Dict_GetItemString {"a":2},"a"; {},"a"; 5,"a"
Dict_SetItem {},1,2; {},[],2; 5,1,2
Dict_SetItemString {},"k",2
Dict_DelItem {1:2},1; {1:2},3; {1:2},[]; 5,1
Dict_DelItemString {"a":2},"a"; {},"a"
Dict_Contains {1:2},1; {1:2},3; {1:2},[]
Dict_Size {1:2}; 5
Dict_Keys {1:2}; 5
Dict_Values {1:2}; 5
Dict_Items {1:2}; 5
Dict_Copy {1:2}; 5; None
Dict_SetDefault {1:2},1,5; {1:2},3,5; {},[],5; 5,1,2
Dict_Update {1:2},{3:4}; {1:2},[(5,6)]; {1:2},5
Dict_Merge {1:2},{1:3,4:5},0; {1:2},{1:3,4:5},1; {1:2},{1:3},2; {},Mapping(),1; {},5,0
Dict_MergeFromSeq2 {},[(1,2)],1; {1:0},[(1,2)],0; {},[(1,)],1; {},[5],1; {},5,1
Dict_Pop {1:2},1,None; {1:2},3,"default"; {1:2},[],0
Dict_Clear {1:2}; 5
Set_New [1,2]; 5; {1:2}
FrozenSet_New [1,2]; ()
Set_Add {1},2; {1},[]; [],1
Set_Discard {1},1; {1},2; {1},[]; frozenset(),1
Set_Contains {1},1; {1},2; {1},[]; frozenset([1]),1; [1],1
Set_Size {1,2}; [1]
Set_Clear {1}; frozenset(); []
Set_Update {1},[2]; {1},5; [1],[2]
Object_Size [1]; 5; {1:2}; Length(-1); Length(2); Length("x")
Object_LengthHint [1]; 5; Hint(3); Hint(-3); Hint("x"); Hint(NotImplemented)
Object_GetItem [1],0; [1],5; {1:2},1; {},1; 5,1; list,int; int,str
Object_SetItem [1],0,9; {},1,2; 5,1,2; (),0,1
Object_DelItem [1],0; {1:2},1; 5,1; (),0
Object_DelItemString {"a":1},"a"; {},"a"
Object_Dir Plain(); 5.5 if False else None
Object_Format 5,"04d"; 5,None; 5,"x"*3; "a",5; Plain.__name__,""
Object_Type 5
Object_Bytes b"a"; bytearray(b"b"); [1,2]; "text"; 5; Bytes(b"x"); Bytes(5)
Object_ASCII "\\xe9"; 5
Object_RichCompare 1,2,0; 1,"a",0; 1,"a",2; [1],[1],2
Object_RichCompareBool 1,2,0; float("nan"),1,2; NAN,NAN,2; NAN,NAN,3; 1,"a",0
Object_IsInstance 1,int; 1,(str,int); 1,5; True,int; 1,int|str
Object_IsSubclass bool,int; int,(str,bool); 1,int; int,5
Object_Hash 5; []; "a" if False else 7; -1
Object_GetAttr 5,"real"; 5,"none"; 5,6
Object_GetAttrString 5,"imag"; 5,"none"
Object_HasAttr 5,"real"; 5,"none"; 5,6
Object_HasAttrString 5,"real"; 5,"none"
Object_SetAttr Plain(),"x",1; 5,"x",1; Plain(),5,1
Object_SetAttrString Plain(),"x",1; 5,"x",1
Object_DelAttr Plain(),"x"; 5,"real"
Callable_Check len; 5; Plain
Iter_Check iter([]); []; 5
AIter_Check AIter(); 5
Sequence_Check []; (); {}; 5; ""; Length(1); Items(); range(3); {1}
Mapping_Check {}; []; 5; Items(); ()
Sequence_Size [1]; {}; {1}; 5; "abc"
Sequence_Concat [1],[2]; (1,),(2,); [1],(2,); 5,6; "a","b"; {},{}
Sequence_Repeat [1],2; 5,2; "ab",-1; {},2
Sequence_InPlaceConcat [1],[2]; [1],(2,); (1,),(2,); 5,6
Sequence_InPlaceRepeat [1],2; (1,),3; 5,2
Sequence_GetItem [1,2],-1; [1],5; {},0; 5,0; Items(),4; "abc",1
Sequence_SetItem [1,2],-1,9; (1,),0,9; {},0,9; 5,0,9; [1],5,9
Sequence_DelItem [1,2],-1; (1,),0; {},0; [],0
Sequence_GetSlice [1,2,3],0,2; "abc",-2,99; 5,0,1; {},0,1
Sequence_SetSlice [1,2,3],0,2,[9]; (1,),0,1,[9]; 5,0,1,[]
Sequence_DelSlice [1,2,3],0,2; (1,),0,1; 5,0,1
Sequence_List (1,2); "ab"; 5; {1:2}; iter([3])
Sequence_Tuple [1,2]; (1,2); 5; iter([3]); Items()
Sequence_Fast [1]; (1,); iter([2]); 5
Sequence_Count [1,2,1],1; "abca","a"; 5,1; iter([1,1]),1
Sequence_Contains [1],1; {1:2},1; 5,1; "abc","b"; iter([1]),2
Sequence_Index [1,2],2; [1],5; 5,1; "abc","c"; iter([4,5]),5
Mapping_Size {1:2}; [1]; 5; {1}
Mapping_Keys {1:2}; Mapping(); 5; BadKeys()
Mapping_Values {1:2}; 5
Mapping_Items {1:2}; 5
Mapping_GetItemString {"a":1},"a"; {},"a"; 5,"a"
Mapping_SetItemString {},"a",1; 5,"a",1
Mapping_HasKey {"a":1},"a"; {},"a"; 5,"a"; [1],0
Mapping_HasKeyString {"a":1},"a"; {},"a"
"""


class Plain:
    def __dir__(self):
        return ["b", "a"]

    def __repr__(self):
        return "Plain" + str(self.__dict__)


class Length:
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __repr__(self):
        return f"Length({self.n})"


class Hint:
    def __init__(self, n):
        self.n = n

    def __length_hint__(self):
        return self.n

    def __repr__(self):
        return f"Hint({self.n})"


class Bytes(Length):
    def __bytes__(self):
        return self.n

    def __repr__(self):
        return "Bytes"


class Items:
    def __getitem__(self, i):
        if i > 5:
            raise IndexError("own")
        return i * 10

    def __repr__(self):
        return "Items"


class Mapping:
    def keys(self):
        return iter(["k"])

    def __getitem__(self, key):
        return key * 2

    def __repr__(self):
        return "Mapping"


class BadKeys:
    def keys(self):
        return 5

    def __repr__(self):
        return "BadKeys"


class AIter:
    def __aiter__(self):
        return self

    async def __anext__(self):
        return 1

    def __repr__(self):
        return "AIter"


NAN = float("nan")


class Calls(support.Recorded):
    def test_all(self):
        import re
        lines = []
        for line in CASES.strip().splitlines():
            name, _, rest = line.partition(" ")
            for case in rest.split("; "):
                got = result(containers.call, name, *eval(f"({case},)"))
                lines.append(f"{name}({case}): {re.sub(r' at 0x[0-9a-f]+', '', repr(got))}")
        self.compare("containers_calls", lines)


class Layouts(unittest.TestCase):
    def test_macros(self):
        for values in ((), (1, 2, 3), list("abc"), range(100)):
            self.assertEqual(containers.fill(values), (list(values), tuple(values), len(values), len(values)))
        self.assertEqual(result(containers.fill, 5), "TypeError: fill needs a sequence")
        for a, b in ((0, 3), (3, 0), (5, 2), (2, 5), (30, 10), (1, 1)):
            self.assertEqual(containers.resize(a, b), tuple(i if i < a else i * 10 for i in range(b)))

    def test_walk(self):
        class C:
            def __init__(self):
                self.a, self.b, self.c = 1, 2, 3

        c = C()
        for d in ({}, {"x": 1}, {1: 2, "y": 3, (4,): 5}, c.__dict__, {i: i for i in range(100)}, dict.fromkeys("abc")):
            self.assertEqual(containers.walk(d), (list(d.items()), len(d)))
        d = {i: i for i in range(10)}
        del d[3], d[7]
        self.assertEqual(containers.walk(d)[0], list(d.items()))
        self.assertEqual(containers.double_values({"a": 1, "b": "x"}), {"a": 2, "b": "xx"})
        self.assertEqual(containers.double_values(c.__dict__), {"a": 2, "b": 4, "c": 6})
        self.assertEqual(c.b, 4)

    def test_version_tag(self):
        version = containers.version
        d, other = {}, {}
        tags = [version(d), version(other)]

        def changed(expected=True):
            tags.append(version(d))
            self.assertEqual(tags[-1] != tags[-2], expected)
            self.assertEqual(len(set(tags)), len(tags) if expected else len(tags) - 1)
            if not expected:
                tags.pop()

        tags[0], tags[1] = tags[1], tags[0]
        d["a"] = 1
        changed()
        d["a"]
        d.get("b")
        changed(False)
        d["a"] = 2
        changed()
        d.setdefault("a", 5)
        changed(False)
        d.setdefault("b", 5)
        changed()
        d.update(c=1)
        changed()
        d.pop("c")
        changed()
        d.popitem()
        changed()
        d |= {"x": 1}
        changed()
        del d["x"]
        changed()
        containers.call("Dict_SetItem", d, "z", 1)
        changed()
        d.clear()
        changed()

        class C:
            pass

        c = C()
        c.x = 1
        before = version(c.__dict__)
        c.x = 2
        self.assertNotEqual(version(c.__dict__), before)
        before = version(globals())
        global changing
        changing = 5
        self.assertNotEqual(version(globals()), before)
        before = version(globals())
        changing
        self.assertEqual(version(globals()), before)

    def test_sizes_and_entries(self):
        self.assertEqual([containers.used(each) for each in ({1: 2}, {1, 2}, frozenset(), {})], [1, 2, 0, 0])
        self.assertEqual(sorted(containers.entries({3, 1, 2})), [1, 2, 3])
        self.assertEqual(containers.entries(frozenset("a")), ["a"])
        self.assertEqual(containers.known_hash({"a": 1}, "a"), 1)
        self.assertEqual(containers.known_hash({"a": 1}, "b"), "absent")

    def test_iterate(self):
        self.assertEqual(containers.iterate("abc"), ["a", "b", "c"])
        self.assertEqual(containers.iterate({1: 2}), [1])
        self.assertEqual(result(containers.iterate, 5), "TypeError: 'int' object is not iterable")
        self.assertEqual(result(containers.iterate, (1 // x for x in (1, 0))), "ZeroDivisionError: integer division or modulo by zero"
                         if False else result(containers.iterate, (1 // x for x in (1, 0))))

    def test_flags(self):
        d = {}
        values = [[], (), d, {1}, frozenset(), d.keys(), d.items(), d.values(), range(3), slice(1), type("L", (list,), {})()]
        self.assertEqual([containers.flags(each) for each in values],
                         [[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
                          [0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0],
                          [0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0], [0] * 11, [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
                          [0] * 11])


if __name__ == "__main__":
    unittest.main()
