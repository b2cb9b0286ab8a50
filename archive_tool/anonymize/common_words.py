"""Names that are words of the language too: alone they name somebody only where one bears them.

English first names and surnames that stand in a dictionary, lower case, and German, French, Spanish
and Italian ones that the chat of a study may hold.
"""

from __future__ import annotations

import re
from typing import Final

COMMON: Final = frozenset(
    re.findall(
        r"\S+",
        """
        ace alma amber amour ange angel april art august autumn basil bella belle bianca bill bishop
        black blanc blanca blue bob bon bond brook brown brun buck bud butler can carol carter
        chance chase cherry chip christian cielo claire clay cliff cloud cook coral cruz crystal
        dale dawn day dean dee den der destiny dick die dolly dolores don drew duke earl early ende
        ernest ernst eve faith fern field fine fisher flora ford forest forrest fox frank free fuchs
        gene ginger glaube glen glory good grace grant gray green gut guy hall harmony harvest hazel
        heather heaven heide herr hill holly honey hope hunt hunter ice iris ivory ivy jack jade
        jasmine jean jet jetzt jewel joy june jung justice kaiser king klein klug knight koch kurz
        lake lance land lane lang law lee lieb lily little long love lucky lune luz major mar marine
        mark marsh mason maverick max may meister melody mercy mia mike miles mill miller mir moon
        neu nick noble north nur oak ocean olive page paige paris park pat patience pause paz pearl
        penny pepper petit phoenix pilar piper pleasant pop price prince queen rain ray recht reed
        reef rich richter rico river rob robin rock rocky rod roman rose rot roy royal ruby rusty
        ruth sage sally sandy scarlet scout sharp shepherd sierra silver skip sky sol sole sommer
        song sonne south spring star stark stein stella sterling stern still stone storm story sue
        summer sunny tag taylor ted terry tiger tom tony trace trinity troy trust ty violet vogel
        wade walker wall wang ward warren watt way weber weiss wells west white wie wild will willow
        winter wise wolf wood woods worth wren young
        """,
    )
)
