"""Tables as files of SPSS: an optional extra, ``archive-tool[spss]``."""

from archive_tool.archive.extraction.sav.rows import refuse_uninstalled, write

__all__ = ["refuse_uninstalled", "write"]
