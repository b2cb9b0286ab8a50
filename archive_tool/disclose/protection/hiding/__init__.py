"""Cells are hidden until no unsafe one can be worked out.

secondary  the order of the three steps
cells      what all three work on
totals     the first: totals less their published parts
remainders also the first: totals less published parts of their parts
moments    the second: what a mean tells of the histogram of the same numbers
audits     the third: what equations tell together
prices     what hiding a cell loses
refuse     tables that cannot be made safe
"""
