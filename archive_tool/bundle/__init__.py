"""Stage 1: open what arrived, read-only and inside limits; say what each file is."""

from archive_tool.bundle.limits import Limits
from archive_tool.bundle.names import data_type_from_name
from archive_tool.bundle.opened import Bundle, inputs, open_bundle

__all__ = ["Bundle", "Limits", "data_type_from_name", "inputs", "open_bundle"]
