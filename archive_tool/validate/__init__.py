"""Stage 3: tables → findings; never a data value."""

from archive_tool.validate.checks import Checks
from archive_tool.validate.codes import CODES, Code
from archive_tool.validate.completeness import TypeOverview, overview

__all__ = ["CODES", "Checks", "Code", "TypeOverview", "overview"]
