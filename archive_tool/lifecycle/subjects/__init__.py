"""One person in all archives of a store.

people      ids that somebody asks about, turned into keyed names at once
named       whose a name or an address is
where       their own files, and mentions in others' rows
own_rows    their rows without the others in them
free_texts  where their rows hold words that somebody typed
access      what they gave, to be handed out to them
roster      the sealed roster: agents, who declined, names that texts are searched for
linkage     opening a linkage table, from codes back to people
"""
