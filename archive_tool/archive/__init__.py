"""Encrypted Parquet in a signed bag: writer, reader, verify, extract.

layout       where things lie in an archive and in a store
writer       a new archive, from its first file to its publication
staging      the folder in which it grows
files        the files in that folder, on their way to the disk
cutting      rows of many people, cut into tables of one each
sealed_files a table or a recording becomes one file under its own key
parquet      a table as encrypted Parquet, and back
media        recordings, sealed as streams
index        which file holds whom
manifest     ``data/archive.json``, and what it tells without a key
crate        ``data/ro-crate-metadata.json``: provenance
howto        ``data/HOW-TO-OPEN.md``
bag          the bag around it all, and its signature
opening      opens an archive: seal, signer, index
reader       an open archive
sound        whether what an archive says of itself can be so
refusals     what is said of one archive of many that cannot be read
parallel     many files with a few threads, in order
verify       proves that archives are whole
extraction/  rows out of an archive, in plain formats
rewrite      the next revision of an archive: what goes, what stays
revision     the folder in which that grows
swap         puts it in the place of the older one
"""
