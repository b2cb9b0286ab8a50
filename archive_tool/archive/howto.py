"""The page that lies in every archive: what this is and how to open it, with and without us."""

from typing import Final

from archive_tool.model.datatypes import READ_SCOPES

HOW_TO_OPEN: Final = f"""\
# How to open this archive

This folder holds data of people who took part in a study. It is encrypted; without the study's
vault (a file named `vault.age`, kept elsewhere) nobody can read its tables.

Check it without a key:

    sha256sum -c tagmanifest-sha256.txt
    sha256sum -c manifest-sha256.txt
    ssh-keygen -Y check-novalidate -n archive-tool -s tagmanifest-sha256.txt.sig \\
        < tagmanifest-sha256.txt

Read it with the vault:

    archive-tool verify  THIS-FOLDER --vault DIR
    archive-tool extract THIS-FOLDER --vault DIR --to OUT --format csv

Both take `--identity FILE` where the key that opens the vault lies elsewhere. Who was given a grant has
it in the vault's place: `--vault GRANT --identity FILE`, and `--type` for what it opens.

Without archive-tool: the vault is an age file with one line of JSON in it, the tables are Parquet
files with modular encryption (AES_GCM_V1, encrypted footer, one 256-bit key per file), and every
key is derived with HKDF-SHA256:

    reach = HKDF(scope secret || subject secret, salt = archive id, info = "archive-tool/reach/1")
    key   = HKDF(reach,                          salt = file id,    info = "archive-tool/file/1")

`data/archive.json` names the archive id. The key of `data/index.parquet` has the scope `index`,
32 zero bytes as subject secret and the file id `index`. Each row of the index names a table file
`data/tables/<type>/<file_id>.parquet` and the subject whose secret opens it. A column without any
value in a file is not in that file.

The vault's JSON has the secrets in base64: those of the scopes under `archives`, by archive id and scope;
those of subjects under `subjects`, by their name in the index. Scopes are
{", ".join(f"`{scope}`" for scope in READ_SCOPES)}
(both kinds of ratings have the same), and `aggregates` for summary tables (32 zero bytes as subject secret).

Recordings, where there are any, are in `data/media/<file_id>.sealed`, one row of the index each, under
keys of the scope `media`. `archive-tool extract` writes them with `--type media`. Nobody looked into
them when the archive was made: faces and voices tell who somebody is. Without archive-tool: 8 bytes
(`ATMEDIA` and 1), then segments of 1 MiB, the last one shorter, each sealed with AES-256-GCM (tag of 16
bytes behind it; nonce: number of the segment in 11 bytes, big-endian, then 1 for the last segment and 0
for the others; additional data: the first 8 bytes of the file).

`data/dictionary` says what the columns mean, `data/policy.toml` what was done to them.
"""
