"""What of a summary table may be seen: unsafe cells are hidden, and others so that none can be solved.

rules     when a cell may be published by itself
protect   tables of one data type are protected together: the order, once
family    these tables, and the cells that they have in common
sheet     the cells of one of them, and what is hidden so far
crossing  what two tables are broken down by together
ties      cells of two tables that lie over each other
rests     what a cell has beyond the cells of another table within it
means     tables that average what another has as the bins of a histogram
solving/  what an outsider can work out
hiding/   as little as it takes, in three steps
listed    which cells have a row in the table that leaves
publish   protected cells as that table
table     that table
"""
