# Names and text beyond ASCII, escapes, continuation lines, odd spacing.
naïve = "žluťoučký"; 名前 = '日本\u8a9e\N{SNAKE}\x41\101'
ﬁ = 1  # a ligature: the name is fi
print(fi, naïve.upper(), 名前, len("🐍é"), \
      r'\d', """three
lines
""".split())
if  fi :
	print ( '''tab''' , sep = '' )
print(b'\xff\0', 'a\
b', rb'\x')
