"""Options in, exit code out; one file per command.

main          which commands there are, and errors to exit codes
commands/     the commands
answer        text for people, or one JSON document
created       what ``create`` says at its end
options       options that several commands share
accepting     findings that somebody answers for
settings      ``archive.toml``
keys          the vault that was named: opened, and its passphrase
private_file  files with keys that others may read
ids           ids and names of people, from a file or stdin
progress      a line on stderr for long work
streams       the standard streams
ending        signals that ask for the end
refused       what the system did not let us do
unreadable    archives that a command could not look at
clock_note    says that a clock may be wrong
cut_log       says that lines of an audit log are missing
"""
