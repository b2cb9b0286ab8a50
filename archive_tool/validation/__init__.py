"""Stage 3: tables → findings; never a data value.

the way through      checks, observers, view, groups, tally, survey
kinds of findings    codes/, catalogue
the schema           schema, filled, ids
time                 timing, zeros, order, samples
within a type        ratings, records, repeats, states
across types         references, presence, recipients, shown, consent, media, versions
one under two ids    twins, namesakes
what is missing      expected, completeness, counts, absence, unchecked
for the report       labels, out_of_order, pictures, privacy, named
"""

from archive_tool.validation.checks import Checks
from archive_tool.validation.codes import CODES, Code
from archive_tool.validation.completeness import counted_once
from archive_tool.validation.namesakes import check_namesakes
from archive_tool.validation.survey import Survey

__all__ = ["CODES", "Checks", "Code", "Survey", "check_namesakes", "counted_once"]
