"""Template and Interpolation, and the t-strings that make them."""
from string.templatelib import Interpolation, Template


def t(text, f):
    try:
        print(text, "->", repr(f()))
    except Exception as e:
        print(text, "!!", type(e).__name__, e)


t('Template()', lambda: Template())
t("Template('a','b')", lambda: Template('a','b'))
t("Template('a',Interpolation(1),Interpolation(2),'x')", lambda: Template('a',Interpolation(1),Interpolation(2),'x'))
t('Template(1)', lambda: Template(1))
t('Template(x=1)', lambda: Template(x=1))
t("t'a{1}b'", lambda: t'a{1}b')
t("t'{1!r:>5}'.interpolations", lambda: t'{1!r:>5}'.interpolations)
t("list(t'a{1}b{2}')", lambda: list(t'a{1}b{2}'))
t("list(t'{1}')", lambda: list(t'{1}'))
t("t'a{1}'+t'b'", lambda: t'a{1}'+t'b')
t("t'a'+'b'", lambda: t'a'+'b')
t("'b'+t'a'", lambda: 'b'+t'a')
t("t'a'+1", lambda: t'a'+1)
t("t'a{1}'.values", lambda: t'a{1}'.values)
t("t'a'.strings", lambda: t'a'.strings)
t('Interpolation()', lambda: Interpolation())
t('Interpolation(1)', lambda: Interpolation(1))
t('Interpolation(1,2)', lambda: Interpolation(1,2))
t("Interpolation(1,'x','z')", lambda: Interpolation(1,'x','z'))
t("Interpolation(1,'x','r',5)", lambda: Interpolation(1,'x','r',5))
t("Interpolation(1,'x','r','s')", lambda: Interpolation(1,'x','r','s'))
t("Interpolation(1,'x',1)", lambda: Interpolation(1,'x',1))
t('Interpolation.__match_args__', lambda: Interpolation.__match_args__)
t("t'a'==t'a'", lambda: t'a'==t'a')
t("hash(t'a') is not None", lambda: hash(t'a') is not None)
t('Interpolation(1)==Interpolation(1)', lambda: Interpolation(1)==Interpolation(1))
t("t'{1=}'", lambda: t'{1=}')
t("type(iter(t'a'))", lambda: type(iter(t'a')))
t("Template.__add__(t'a',1)", lambda: Template.__add__(t'a',1))
t("t'a'.__iter__().__next__()", lambda: t'a'.__iter__().__next__())
t("Interpolation(1,conversion='a',format_spec='b',expression='c')", lambda: Interpolation(1,conversion='a',format_spec='b',expression='c'))
t('Interpolation(value=1)', lambda: Interpolation(value=1))
t("setattr(t'a','x',1)", lambda: setattr(t'a','x',1))
t("setattr(t'a','strings',1)", lambda: setattr(t'a','strings',1))
t("Interpolation(1,'x','rr')", lambda: Interpolation(1,'x','rr'))
t("iter(iter(t'a')) is not None", lambda: iter(iter(t'a')) is not None)
t("Template('a','b',Interpolation(1),'c').strings", lambda: Template('a','b',Interpolation(1),'c').strings)
