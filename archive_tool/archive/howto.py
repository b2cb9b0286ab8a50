"""The page that lies in every archive: what this is and how to open it, with and without us."""

from typing import Final

from archive_tool.model.datatypes import READ_SCOPES

HOW_TO_OPEN: Final = f"""\
# How to open this archive

This folder holds data of people who took part in a study. Its tables are encrypted. To read them
you need the study's vault (a file named `vault.age`, kept elsewhere) and a private key that opens it.

Check it without a key, in this folder:

    sha256sum -c tagmanifest-sha256.txt
    sha256sum -c manifest-sha256.txt
    ssh-keygen -Y check-novalidate -n archive-tool -s tagmanifest-sha256.txt.sig \\
        < tagmanifest-sha256.txt

If all three pass, nothing was changed since it was signed. Who signed it says `signer` in
`data/archive.json`; compare it with the public key that the lab gives you.

Read it with the vault:

    archive-tool verify  THIS-FOLDER --vault DIR
    archive-tool extract THIS-FOLDER --vault DIR --to OUT --format csv

Both take `--identity FILE` if the private key does not lie beside the vault. With a grant instead of
the vault, write `--vault GRANT --identity FILE`, and name what it opens with `--type`.

Without archive-tool: the vault is an age file that begins with one line of JSON, the tables are
Parquet files with modular encryption (AES_GCM_V1, encrypted footer, one 256-bit key per file), and
every key is derived with HKDF-SHA256 (output of 32 bytes, salt and info as UTF-8 text):

    reach = HKDF(scope secret || subject secret, salt = archive id, info = "archive-tool/reach/1")
    key   = HKDF(reach,                          salt = file id,    info = "archive-tool/file/1")

`data/archive.json` names the archive id. The key of `data/index.parquet` has the scope `index`,
32 zero bytes as subject secret and the file id `index`. Each row of the index names a table file
`data/tables/<type>/<file_id>.parquet` (in `<type>` a `_` stands for `/`; summary tables are in
`data/tables/aggregates`) and the subject whose secret opens it. A column without any value in a file
is not in that file.

The vault's JSON has the secrets in base64: those of the scopes under `archives`, by archive id and
scope; those of subjects under `subjects`, by their name in the index. A subject who is not there was
erased, and nobody can read their files. The scopes are
{", ".join(f"`{scope}`" for scope in READ_SCOPES)}
(both kinds of ratings share one), and `aggregates` for summary tables (32 zero bytes as subject secret).

Recordings, where there are any, are in `data/media/<file_id>.sealed`, one row of the index each, under
keys of the scope `media`. `archive-tool extract` writes them with `--type media`. Nobody looked into
them when the archive was made: faces and voices tell who somebody is. Without archive-tool: 8 bytes
(`ATMEDIA` and 1), then segments of 1 MiB and 16 bytes, the last one shorter, each sealed with
AES-256-GCM (its tag is the last 16 bytes; nonce: number of the segment from 0 in 11 bytes, big-endian,
then 1 for the last segment and 0 for the others; additional data: the first 8 bytes of the file).

`data/dictionary` says what the columns mean, `data/policy.toml` what the policy did with each of them,
`data/reports` what was checked. Files that end with `.sealed` outside `data/media` are lists for the
holder of the vault. Everything is described in `docs/format.md` of the tool.
"""
