"""The shared frozen nouns. Ground floor: imports nothing of ours but :mod:`archive_tool.errors`."""
