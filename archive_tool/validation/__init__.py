"""Stage 3: tables → findings; never a data value."""

from archive_tool.model.validation import TypeOverview
from archive_tool.validation.checks import Checks
from archive_tool.validation.codes import CODES, Code
from archive_tool.validation.completeness import overview
from archive_tool.validation.survey import Survey

__all__ = ["CODES", "Checks", "Code", "Survey", "TypeOverview", "overview"]
