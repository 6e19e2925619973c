# textwrap, linecache, tokenize-free parts of the library that the modules above pull in.
import fnmatch
import keyword
import linecache
import textwrap
import token

print(textwrap.fill("The quick brown fox jumps over the lazy dog " * 2, 30))
print(textwrap.dedent("  a\n   b\n  c"), textwrap.indent("x\ny", "> "), textwrap.shorten("hello big world", 12))
print(fnmatch.fnmatch("a.py", "*.py"), fnmatch.filter(["a", "b.c"], "*.c"), fnmatch.translate("a?[b-c]*"))
print(keyword.iskeyword("def"), keyword.issoftkeyword("match"), len(keyword.kwlist), token.tok_name[1])
print(repr(linecache.getline(__file__, 2)), repr(linecache.getline("/no/such/file", 1)))
