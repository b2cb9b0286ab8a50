"""What the bundle itself says of who is in it.

identifiers   ids, names, addresses
namings       where JSON documents say who somebody is
common_words  words of the language that people have as names
consent       who agreed, who declined, and of whom nothing is known
"""
