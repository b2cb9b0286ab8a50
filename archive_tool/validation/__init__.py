"""Stage 3: tables → findings; never a data value.

the way through      checks, observers, view, groups, tally, survey
kinds of findings    codes/, catalogue
what is checked      one_type/, across_types/, missing/
for the report       for_report/
"""

from archive_tool.validation.across_types.namesakes import check_namesakes
from archive_tool.validation.checks import Checks
from archive_tool.validation.codes import CODES
from archive_tool.validation.missing.completeness import counted_once
from archive_tool.validation.survey import Survey

__all__ = ["CODES", "Checks", "Survey", "check_namesakes", "counted_once"]
