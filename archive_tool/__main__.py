"""``python -m archive_tool``: the command, where no folder of the path has it."""

from archive_tool.cli.main import main

if __name__ == "__main__":
    main()
