from hook import D

p = D("plain")
q = [D("plain list")]
