# differential: random patterns on random strings; fixed seed own generator
import re
seed=12345
def rnd(n):
    global seed
    seed=(seed*1103515245+12345)&0x7fffffff
    return (seed>>8)%n
ATOMS=['a','b','c','.','[ab]','[^a]','\\w','\\d','\\s','\\b','\\B','^','$','(?=a)','(?!b)','(?<=a)','(?<!b)','é','[é-ü]','\\W','\\A','\\Z','\\1','\\2','(?(1)a|b)','K','ſ','ß','[^\\W\\d]','\U0001F600','[a-zé\u0400-\u04ff\U0001F600]']
def pat(d):
    r=rnd(10)
    if d<=0 or r<4: return ATOMS[rnd(len(ATOMS))]
    if r==4: return '('+pat(d-1)+')'
    if r==5: return '(?:'+pat(d-1)+'|'+pat(d-1)+')'
    if r==6:
        q=['*','+','?','*?','+?','??','*+','++','?+','{1,3}','{2}','{1,3}?','{2,}','{1,2}+'][rnd(14)]
        return '(?:'+pat(d-1)+')'+q
    if r==7: return pat(d-1)+pat(d-1)
    if r==8: return '(?>'+pat(d-1)+')'+pat(d-1)
    return '('+pat(d-1)+')'+pat(d-1)+['','*','+?','|'][rnd(4)]
AL=['a','b','c','1',' ','\n','é','ü','K','k','ſ','s','S','ß','\U0001F600','ж','_','\u212a']
def text():
    w=[8,16,18][rnd(3)] if rnd(2) else 6
    return ''.join(AL[rnd(w)] for _ in range(rnd(12)))
FL=[0,re.I,re.A,re.I|re.A,re.M,re.S,re.X,re.I|re.M|re.S]
ok=bad=0
for i in range(60):
    p=pat(4); fl=FL[rnd(8)]
    try: r=re.compile(p,fl)
    except Exception as e:
        bad+=1; print(i,'E',e); continue
    for j in range(4):
        t=text()
        out=[]
        for f in (r.match,r.search,r.fullmatch):
            m=f(t)
            out.append((m.span(),m.regs,m.lastindex) if m else None)
        out.append(r.findall(t)); out.append(r.sub('<\\g<0>>',t)); out.append(r.split(t)); out.append([m.span() for m in r.finditer(t,1)])
        try: tb=t.encode('latin-1'); pb=p.encode('latin-1')
        except UnicodeError: pass
        else:
            try: rb=re.compile(pb,fl&~re.A)
            except Exception as e: out.append(str(e))
            else: out.append(rb.findall(tb))
        ok+=1
        print(i,repr(p),int(fl),repr(t),out)
print(ok,bad)
