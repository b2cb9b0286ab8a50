"""What was said before: no release may betray somebody beside an earlier one.

ledger          the releases of a study, sealed beside the vault
earlier         what they say of the cells of a new one
notes           what a release says, cell by cell
totals          sums of the cells of a table that it does not list
sketch          sets of people that can be compared without being listed
past            what is known before a release
differencing    two releases against each other
derived         cells of earlier releases that the new ones add up to
unseen          earlier tables that cannot be counted again
"""
