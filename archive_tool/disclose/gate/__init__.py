"""The leak gate: an archive is attacked with what its makers know before anybody else gets it.

gate         what the writer of an archive sees: it is shown every table, and asked at the end
promises     what a policy promises for a column or leaf
sought       what is looked for: all that the bundle knows of who is in it
tables       a decrypted table, column by column
strings      texts out of columns, and out of JSON without parsing each
texts        distinct texts, a whole column at a time
documents    one JSON document, leaf by leaf
summaries    the levels of summary tables
outside      what can be read without a key: names, manifest, reports
ours         words and sentences of this tool, which the papers hold anyway
clocks       under ``time = "shift"``: the clocks of a room moved by the same days
json_clocks  the clocks inside JSON
risk         who can be linked to the original export, and how large equivalence classes are
traces       what people leave behind unchanged, one number each
quasi        quasi-identifiers of a policy
hits         what was found, and the refusal
"""

from archive_tool.disclose.gate.gate import Gate
from archive_tool.disclose.gate.hits import Hit

__all__ = ["Gate", "Hit"]
