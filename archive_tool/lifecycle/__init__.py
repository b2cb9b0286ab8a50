"""Many archives over time: retention, holds, erasure, audit log.

a store              places, catalogue, unreadable, whole, diverged, applied
the audit log        audit, log_file, recording, lost_lines, acknowledging
people               people, subjects, access, roster, linkage
in others' rows      mentions, called, documents, erased_words, rewriting
dates and holds      due, terms, holds, deferred, releasing
plans                plans, sweep_plan, sweep_items, erase_plan, erase_items, raw_bundles, remaking, unreached
what is done         sweep, erase, rekey, lowering
how it is done       changing, work, pending, destroy, renewal
the proof            certificates, certificate_page
"""
