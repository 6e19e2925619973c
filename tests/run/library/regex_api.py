import re,_sre,sys
def t(f,*a,**k):
    try: print(repr(f(*a,**k)))
    except BaseException as e: print(type(e).__name__, e)
p=re.compile('(?P<a>x)(y)?')
m=p.match('xz')
t(type(p)); t(type(m)); t(p.match); t(p.match,3); t(p.match,b'x'); t(re.compile(b'x').match,'x'); t(p.match,'x','a'); t(p.match,'x',foo=1); t(p.match,'x',1,2,3)
t(p.sub); t(p.sub,'a'); t(p.sub,3,'x'); t(p.sub,b'a','xx'); t(p.sub,lambda m:3,'x'); t(p.sub,lambda m:None,'axb'); t(p.sub,'\\9','x'); t(p.sub, bytearray(b'q'),'x')
t(m.group,3); t(m.group,'b'); t(m.group,-1); t(m.group,1.5); t(m.group, 10**30); t(m.group,'a',1,2); t(m.start,2); t(m.span,'a'); t(m.span,9); t(m.groups); t(m.groups,5); t(m.groupdict); t(m.groups,default=3); t(m.groups,1,2); t(m.expand,'\\1-\\g<a>-\\2'); t(m.expand,3);t(m.__getitem__,1); t(lambda: m['a']); t(lambda:m['q']); t(lambda:m[None])
print(m.pos,m.endpos,m.lastindex,m.lastgroup,m.re is p,m.string,m.regs, p.groups,p.groupindex,p.flags,p.pattern)
t(setattr,p,'flags',3); t(setattr,m,'pos',3); t(delattr,m,'re'); t(p.foo if 0 else getattr,p,'foo'); t(setattr,p,'foo',3)
t(re.compile,'('); t(lambda: p==re.compile('(?P<a>x)(y)?')); t(lambda:p<p); t(lambda: hash(p)==hash(re.compile('(?P<a>x)(y)?')))
t(lambda: re.compile('x'*300)); t(lambda: re.compile(b'a',re.I|re.X|re.L|re.M|re.S)); t(lambda:re.compile('a',re.A|re.DEBUG))
t(lambda: re.search('b+', 'a'*60+'b'*100)); 
sc=p.scanner('xyxx'); t(sc.match); t(sc.search); t(sc.search); t(sc.search); t(sc.search); print(sc, sc.pattern is p)
t(_sre.compile,1); t(_sre.compile,'a',0,[1,2],1,{},()); t(_sre.compile,'a',0,3,1,{},()); t(_sre.compile,'a',0,[-1],1,{},()); t(_sre.compile,'a',0,[2**40],1,{},()); t(_sre.compile,'a',0,['x'],1,{},());t(_sre.compile,'a',0,[1],1,(),())
t(_sre.template,p,['a',1,'b']); t(_sre.template,p,['a',1]); t(_sre.template,p,3); t(_sre.template,p,['a',-1,'b']); t(_sre.template,p,['a','x','b']); x=_sre.template(p,['a',1,'b']); print(type(x), type(x).__mro__, 0)
import copy,pickle
t(lambda: copy.copy(p) is p and copy.deepcopy(m) is m); t(lambda: pickle.loads(pickle.dumps(p)) is p); t(pickle.dumps,m)
t(lambda: re.Pattern()); t(lambda: re.Match()); t(lambda: re.Pattern[str]); t(lambda: type('X',(re.Pattern,),{}))
t(re.split,'(x)|y','axbyc'); t(re.split,'x*','axbc'); t(re.split,'','abc'); t(re.findall,'(a)(b)?','abaab'); t(re.findall,b'\\w',bytearray(b'ab c')); t(re.sub,'x*','-','abxd'); t(re.subn,'(.)','\\1\\1','abc',count=2)
t(re.findall,b'.',memoryview(b'abc')); t(re.match,b'a',memoryview(b'abc')[::2]); t(lambda: re.match(b'a',memoryview(b'abc')).group()); m2=re.match(b'..',bytearray(b'abc')); t(m2.group); t(repr,m2)
class S(str): pass
t(re.sub,'b',S('c'),S('abc')); t(lambda: type(re.sub('z','c',S('abc')))); t(lambda: type(re.match('.*',S('abc')).group())); t(lambda: type(re.sub('x','y',bytearray(b'a'))) if 0 else type(re.sub(b'x',b'y',bytearray(b'a'))))
t(p.finditer,'xx'); t(list,p.finditer('xx'));  t(_sre.getcodesize); t(_sre.ascii_iscased,65);t(_sre.unicode_iscased,0xdf);t(_sre.unicode_tolower,0x130);t(_sre.ascii_tolower,'a'); t(p.split,'x',maxsplit='a'); t(p.match,string='xx',pos=1)
t(re.sub,'x','y','x',1); t(lambda: re.compile('a').fullmatch('ab')); t(lambda: re.compile('a|ab').fullmatch('ab'))
for fl in (0,re.I): t(lambda: re.findall('[k-s]','\u212aK\u017fS',fl))
t(re.match,'(?:a|b)*c','ab'*200000); t(lambda: re.match('(?:a|b)*','ab'*200000).end()); t(lambda: re.match('(a|b)*?c','ab'*200000+'c').end()); t(lambda: re.match('(?:(a)|b)*+','ab'*20000).span(1))
