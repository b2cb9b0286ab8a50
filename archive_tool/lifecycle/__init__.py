"""Many archives over time: retention, holds, erasure, audit log.

a store              places, catalogue, each_archive, listing, unreadable, whole, diverged, applied
the audit log        audit_log/
people               people, named, subjects, access, own_rows, roster, linkage
in others' rows      mentioned/
dates and holds      due, terms, holds, deferred, releasing
plans                planning/
what is done         sweep, erase, rekey, lowering
how it is done       changing, work, pending, destroy, renewal
the proof            certificates, certificate_page
"""
