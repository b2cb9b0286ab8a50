"""What of a summary table may be seen: unsafe cells are hidden, and others so that none can be solved.

rules      when a cell may be published by itself
family     tables that count the same rows are protected together
sheet      their cells, and what is hidden so far
about      what a cell is about, whatever its table calls it
crossing   what two tables are broken down by together
ties       cells of two tables that lie over each other
rests      what a cell has beyond the cells of another table within it
goals      what an outsider must hold possible of an unsafe cell
known      what everybody can work out by adding up and taking away
audit      what an outsider can work out of everything that is published
equations  what everybody knows, as equations over the hidden cells
block      equations that hang together, with as few variables as say the same
solve      the linear programmes of the audit
possible   what these found possible so far
protect    hides as little more as it takes: the order of the three steps
means      tables that average what another has as the bins of a histogram
hiding     what all three work on
totals     the first: totals less their published parts
moments    the second: what a mean tells of the histogram of the same numbers
audits     the third: what equations tell together
prices     what hiding a cell loses
refuse     tables that cannot be made safe
listed     which cells have a row there
publish    protected cells as the table that leaves
table      that table
"""
