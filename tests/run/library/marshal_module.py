import marshal,io,sys
def t(f,*a,**k):
    try: print(repr(f(*a,**k)))
    except BaseException as e: print(type(e).__name__, e)
vals=[None,True,False,...,StopIteration,0,1,-1,255,256,257,2**31-1,2**31,-2**31,-2**31-1,2**62,-2**100,10**50,0.0,-0.0,1.5,float('inf'),1e300,1+2j,b'',b'abc',bytes(300),'','a','abc','é','\ud800','\U0001f600','x'*300,(),(1,2),tuple(range(300)),[],[1,[2]],{},{'a':1,2:(3,)},set(),{1},frozenset(),frozenset([3]),slice(1,2,3),bytearray(b'q'),memoryview(b'zz')]
for v in vals:
    for ver in (5,4,3,2,1,0):
        try: d=marshal.dumps(v,ver)
        except Exception as e: print(repr(v)[:40],ver,type(e).__name__,e); continue
        w=marshal.loads(d)
        print(repr(v)[:40],ver,len(d),bytes([d[0]&0x7f]),repr(w)[:60],type(w).__name__)
t(marshal.dumps,object()); t(marshal.dumps,type('I',(int,),{})(3)); t(marshal.dumps,int); t(marshal.dumps,t.__code__,allow_code=False); t(marshal.dumps,1,2,3); t(marshal.dumps); t(marshal.dumps,1,'a')
l=[]; l.append(l); t(marshal.dumps,l,2); d=marshal.dumps(l); x=marshal.loads(d); print(x[0] is x, len(d))
n=[]
for i in range(3000): n=[n]
t(marshal.dumps,n)
t(marshal.loads,b'['+b'\1\0\0\0['*2500+b'\0'*9)
for b in (b'',b'q',b'i',b'i\0',b'0',b'(\1\0\0\0',b'(\1\0\0\x000',b'(\xff\xff\xff\xff',b'[\xff\xff\xff\xff',b'[\2\0\0\0N',b'{N',b'{N0',b'{NN0',b'<\xff\xff\xff\xff',b'<\1\0\0\x000',b'<\1\0\0\0[\0\0\0\0',b's\xff\xff\xff\xff',b's\5\0\0\0ab',b'l\1\0\0\0\xff\xff',b'l\1\0\0\0\0\0',b'l\0\0\0\x80',b'r\0\0\0\0',b'r\xff\xff\xff\xff',b'a\xff\xff\xff\xff',b'z\3ab',b'u\1\0\0\0\xff',b'u\1\0\0\0a',b't\1\0\0\0a',b'g123',b'f\x031.5',b'f\x03abc',b'x\x011\x012',b'y'+b'\0'*16,b':NNN',b')\2NN',b'\xe9\0\0\0\0',b'\xdb\1\0\0\0r\0\0\0\0',b'S',b'.',b'I'+b'\0'*8,b'(\1\0\0\0\xff',b'z\1\xe9',b'A\1\0\0\0\xe9',b'>\1\0\0\0N',b'\xbe\1\0\0\0r\0\0\0\0'):
    try: v=marshal.loads(b); print(b[:12],repr(v))
    except BaseException as e: print(b[:12],type(e).__name__,e)
t(marshal.loads,'x'); t(marshal.loads,3); t(marshal.loads,bytearray(b'N')); t(marshal.loads,b'NN')
f=io.BytesIO(); marshal.dump([1,2],f); marshal.dump('x',f); f.seek(0); t(marshal.load,f); t(marshal.load,f); t(marshal.load,f); t(marshal.load,3); t(marshal.load,io.StringIO('x')); t(marshal.dump,1,3); print(marshal.version)
s='shared string'; a=[s,s,(s,s)]; x=marshal.loads(marshal.dumps(a)); print(x[0] is x[1] is x[2][0])
print(marshal.dumps({3,1,2},2), marshal.dumps(frozenset('ab'),2))
