import ast,copy,pickle,warnings
warnings.simplefilter('always')
def t(f,*a,**k):
    try: print(repr(f(*a,**k)))
    except BaseException as e: print(type(e).__name__, e)
t(ast.Name,'x'); t(ast.Name,'x',ast.Store()); t(ast.Name,1,2,3); t(ast.Name,'x',id='y'); t(ast.Name,foo=3); t(ast.Name); t(ast.Name,id='x',lineno=3)
n=ast.Name('x',lineno=1,col_offset=2); print(n.__dict__, n._fields, n._attributes, n.ctx, n.end_lineno)
t(ast.AST); t(ast.AST,1); t(ast.AST,a=1); t(ast.Pass,1); t(ast.If,ast.Name('a')); t(ast.Call,ast.Name('f'))
t(lambda: ast.Module([ast.Expr(ast.Constant(i)) for i in range(5)])); t(lambda: ast.Tuple([ast.Name('a'),ast.Name('b')])); t(lambda: ast.Expr(ast.Expr(ast.Expr(ast.Expr(ast.Expr(1)))))); t(lambda: ast.Set([])); t(lambda: ast.Dict([None],[1]))
class My(ast.AST):
    _fields=('a','b')
t(My,1,2); t(My,1); t(My,a=1,c=3); x=My(1); t(repr,x)
class My2(ast.Name): pass
t(My2,'x')
t(copy.copy,n); t(copy.deepcopy,n); print(copy.deepcopy(n).__dict__); t(n.__reduce__); t(ast.Pass().__reduce__); t(lambda: pickle.loads(pickle.dumps(ast.BinOp(ast.Name('x'),ast.Add(),ast.Constant(3)))))
t(copy.replace,n,id='q'); t(copy.replace,n,bogus=1); t(n.__replace__,1); t(copy.replace,ast.Pass()); t(lambda: copy.replace(My(1,2),a=5)); t(lambda: n.__replace__(ctx=ast.Load()).__dict__)
m=ast.Constant(3,kind=None); t(lambda: m.value); t(lambda: ast.Constant()); t(copy.replace,ast.Constant(4),value=7); 
d=ast.BinOp(ast.Name('x'),ast.Add(),ast.Name('y')); del d.left; t(repr,d); t(d.__reduce__); t(copy.replace,d); t(copy.replace,d,left=ast.Name('q'))
match n:
    case ast.Name(id): print(id)
print(isinstance(ast.Load(),ast.expr_context), ast.Load() is ast.Load(), ast.Name('x').ctx is ast.Name('y').ctx)
t(setattr,ast.Name,'foo',3); t(lambda: ast.Name.foo); t(hasattr,ast.Name,'ctx'); t(lambda: ast.arg('x').annotation); t(lambda: ast.FunctionDef._field_types); t(lambda: ast.FunctionDef.__annotations__)
t(lambda: ast.dump(ast.Module([ast.Assign([ast.Name('x',ast.Store())],ast.Constant(1))]))); t(lambda:ast.unparse(d)); t(lambda: ast.unparse(ast.BinOp(ast.Name('x'),ast.Add(),ast.Constant('y'))))
t(lambda: ast.fix_missing_locations(ast.Expr(n)).lineno); t(lambda: [type(c).__name__ for c in ast.walk(ast.Expr(n))])
print(ast.AST.__doc__, ast.Name.__module__, ast.Name.__qualname__, ast.Name.__mro__, ast.PyCF_ONLY_AST); t(lambda: n.__weakref__); t(lambda: vars(ast.Add()));
r=My(1,2); r.b=r; t(repr,r); l=[]; l.append(l); r.b=l; t(repr,r); t(repr,My((1,2,3),(ast.Pass(),))); t(repr,My([1],[ast.Pass(),ast.Pass(),ast.Break()]))
