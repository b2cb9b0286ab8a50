"""Rows become lines, and lines cells: what a summary table counts, before anything is hidden.

about      what the cells of a table are about, whatever it calls its dimensions
columns    columns of rows as small numbers
seats      people, rooms and the seats that they share
people     their seats, and the role and condition of each
pieces     the lines of some rows, packed
lines      one line per cell and seat
sums       what lines add up to
lattice    the finest cells, and every total over some of the dimensions
finest     which finest cells there are
"""
