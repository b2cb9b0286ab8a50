"""One schema per data type: the data dictionary and the single source of truth."""

from archive_tool.schemas.fields import Field, Kind, Leaf, Sensitivity
from archive_tool.schemas.registry import FIELDS, arrow_schema, field_of

__all__ = ["FIELDS", "Field", "Kind", "Leaf", "Sensitivity", "arrow_schema", "field_of"]
