from hh import D
g1 = D("g1"); g2 = [D("g2a"), D("g2b")]
