"""What recognisers of print take for what: shapes that touch, break, or differ by a stroke.

Why our own: the table of nlpaug has twelve single characters. Weights say how much likelier one misreading is
than another of the same shape; they are our judgement of which strokes print loses, not counts from a corpus.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

_SINGLE = """
l 1*4 I*4 |*2 i*2 t
I l*4 1*3 |*2 ! J
1 l*4 I*3 | 7 i !
| l*3 I*2 1*2
i l*3 1*2 j ! ;
j i*2 ; J
! l*2 1*2 I i
t f*2 l*2 r i
f t*2 r
r n i v
0 O*4 o*2 D Q
O 0*4 Q*2 D*2 C o
o 0*2 c*2 e*2 a*2 O
Q O*3 0
D O*2 0*2 B
5 S*4 s*2 6
S 5*3 s*2 8
s 5*2 S*2 a z
8 B*4 3*2 S 6
B 8*3 E R D 13
3 8*2 B
6 b*3 G*2 8
b h*3 6*2 lo
G 6*2 C*3 O
9 g*3 q*2
g 9*2 q*2 y
q g*2 9
2 Z*3 z*2
Z 2*3 z*2
z 2*2 Z*2
7 1*2 T ?
4 A*2
A 4*2
e c*4 o*2 a
c e*4 o*2 C (
C G*2 O ( c*2
a o*2 e*2 s ci
d cl*4 ci
h b*3 li*3 n
n u*2 ri*3 r h ii
u n*2 v*2 ii*3
v u*2 y*2 V
y v*2 g
w vv*4 W
m rn*5 in*3 nn*2 ni*2
k lc*2 h
x X*2
p P
E F*2 B
F P*2 E
P F*2 p
R K B
K R X lc
H N li
N H
M lVI*2 N
U V LI
V U v*2
W VV*4 w*2
T 7 I
Y V*2
X K x*2
( C*2 {
. ,*3
, .*3
; :*2 ,
: ;*2 .
' `*2 ,
" ''*3
- ~ _
ß B*4 ss 8
ä a*3 ii
ö o*3 6*2
ü u*3 ii*2
é e*4 6*2
è e*4 é
ê e*4
à a*4 â
á a*4 â
ç c*4
ñ n*3 fi
"""
"""A character, then what it is taken for, with the weight."""

_JOINED = """
rn m*8
vv w*6
VV W*6
cl d*6
ci a*2 d*2
li h*6
lo b*3
lc k*3
ii u*4 n*2
iii m*4
ll U*2 11*2 H
fi ﬁ*4 n
fl ﬂ*4 A
ff ﬀ*3
ri n*4
in m*4
ni m*4
nn m*4
tt H n
LI U*4
"""
"""Characters side by side that run together into one."""


@cache
def lookalikes() -> Mapping[str, tuple[str, ...]]:
    """Return the misreadings of characters and of pairs; one that is likelier stands in it more often.

    A pair may also be misread in one of its characters.
    """
    single = dict(_rows(_SINGLE))
    found = dict(single)
    for pair, joined in _rows(_JOINED):
        inside = [
            pair[:i] + other + pair[i + 1 :]
            for i, one in enumerate(pair)
            for other in single.get(one, ())
        ]
        found[pair] = (*joined, *(option for option in inside if option != pair))
    return found


def _rows(table: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for line in table.strip().splitlines():
        source, *options = line.split()
        yield (
            source,
            tuple(
                target
                for option in options
                for target, _, weight in [option.partition("*")]
                for _ in range(int(weight or 1))
            ),
        )


@cache
def shape() -> re.Pattern[str]:
    """Find what can be misread, longest first, so that the units are the same at every severity."""
    return re.compile(f"{_joined().pattern}|[{''.join(map(re.escape, sorted(_single())))}]")


def shapes(text: str) -> list[int]:
    """Return where what can be misread starts, in a text whose characters are all one code point."""
    single = _single()
    starts: list[int] = []
    last = 0
    for match in _joined().finditer(text):
        first, stop = match.span()
        starts += [i for i in range(last, first) if text[i] in single]
        starts.append(first)
        last = stop
    return starts + [i for i in range(last, len(text)) if text[i] in single]


@cache
def _single() -> frozenset[str]:
    return frozenset(source for source in lookalikes() if len(source) == 1)


@cache
def _joined() -> re.Pattern[str]:
    """Find what runs together; branches by the first letter are faster than one for each."""
    rests: dict[str, list[str]] = {}
    for source in sorted(lookalikes(), key=lambda source: (-len(source), source)):
        if len(source) > 1:
            rests.setdefault(source[0], []).append(source[1:])
    return re.compile("|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in rests.items()))
