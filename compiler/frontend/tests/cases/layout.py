# -*- coding: utf-8 -*-
def ünïcode(ä): return ä + "é" ; x = 1;
if ünïcode: \
    y = 1;
elif x: pass;
else:
	tab = ünïcode (
    1,   # comment
	2)
@ünïcode
# a comment between
class Z: a = 1;
for é in x: z = é; w = é
x = (
    1 +
    é
    .attribute
    .method(
        2
    )
)
