"""The leak gate: an archive is attacked with what its makers know before anybody else gets it."""

from archive_tool.disclose.gate.gate import Gate
from archive_tool.disclose.gate.hits import Hit

__all__ = ["Gate", "Hit"]
