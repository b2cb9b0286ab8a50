"""Small texts that people write with any editor: policies, settings, lists of ids, keys."""

from __future__ import annotations

import codecs


def decoded(content: bytes) -> str | None:
    """Read UTF-8, with or without its mark, or UTF-16 with its mark; None for anything else.

    Notepad puts the mark before UTF-8, and Windows PowerShell writes UTF-16 for ``>``.
    """
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        return None
