"""What is archived: a bundle, or an archive of ours in its place.

source        what is asked of either
from_bundle   a bundle
from_archive  an archive, of which one is made that tells less
from_codes    an archive in which ids became codes, to be summarised
stored_rows   reads the rows of an archive as ingest reads a bundle
"""
