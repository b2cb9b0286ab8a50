"""Options in, exit code out; the commands are in ``commands``, one file each."""
