"""Checks of the data types against each other, and of one download against another.

presence    who has rows of what, in which room, and when
references  people and rooms that only one type knows, and ids that look alike
recipients  messages to people whom nobody knows
shown       what the events say about the other types
consent     who agreed, who declined, and who has rows all the same
media       recordings against sessions, media files and signed addresses
versions    components of which two downloads tell different things
twins       one person under two ids: a download with identifiers beside one with codes
namesakes   one person under two ids: the same address or full name
"""
