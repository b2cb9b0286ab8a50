"""What an outsider can work out of everything that is published.

known      by adding up and taking away
goals      what they must hold possible of an unsafe cell
audit      the question, asked of all unsafe cells
equations  what everybody knows, as equations over the hidden cells
block      equations that hang together, with as few variables as say the same
solve      the linear programmes
possible   what these found possible so far
"""
