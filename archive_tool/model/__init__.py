"""The shared frozen nouns. Ground floor: imports nothing of ours but :mod:`archive_tool.errors`.

datatypes   the data types of the platform, and their scopes
bundle      what arrived: files, tables, pages, gaps
tables      rows on their way, and the columns that we add
people      ids of people as the platform writes them
findings    what a stage says about the data
units       what the count of a finding counts
validation  all that a validation says
pictures    its timelines, tables and histograms
policy      what a board decided: actions, rules, retention
aggregates  summary tables that a policy asks for
archive     what an archive says of itself, and what is said of it
moments     points in time as people give them
paths       paths as people give them
files       files that others may have put there, read within bounds
outputs     files that a user names for what comes out
pipes       pipes whose reader went away
processors  how many of them, and how many threads
parsed      JSON and MessagePack of our own kinds, and TOML, that others may have changed
texts       texts of any editor, and names of others on a terminal
wording     numbers in sentences
progress    how far long work has come
version     name and version of the tool
"""
