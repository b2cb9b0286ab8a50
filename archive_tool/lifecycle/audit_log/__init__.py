"""What was done to a store, line by line, each of which holds the hash of the one before.

record         a line
audit          read, append, verify
checkpoints    what archives and the vault know of the log
log_file       the file, and lines that were not written to their end
recording      the lines of create
lost_lines     lines that are gone for good, told ever after
acknowledging  somebody with the vault says so
clocks         what the log knows of the time, and lines of a clock that was ahead
"""
