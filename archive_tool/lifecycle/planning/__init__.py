"""What a sweep or an erasure would do, written down before anything is done.

plans        files of plans: written, read, and for nothing else than they say
sweep_plan   what a sweep would do on a day
sweep_item   one archive in it
sweep_items  what would be done to one, and why
erase_plan   what an erasure would do
erase_items  to the archives of a store
raw_bundles  raw bundles that lie about after they were archived
remaking     summary tables that counted somebody, made anew
unreached    copies that the destruction of keys does not reach
"""
