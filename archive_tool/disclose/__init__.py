"""Aggregates with disclosure control: what may be said about many without saying it of one.

aggregate     from rows to protected tables: the order, once
releasing     tables on their way out, and into the ledger
defaults      tables of a policy that declares none
levels        words of the tables lose what names somebody
threads       several tables at a time
cells/        rows become cells
protection/   which cells are hidden
noise/        tables with noise
releases/     what was said before
gate/         the attack on everything that is about to be published
"""
