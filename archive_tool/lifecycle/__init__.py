"""Many archives over time: retention, holds, erasure, audit log.

a store              places, catalogue, each_archive, listing, unreadable, whole, diverged
its policy           stored_policy
the audit log        audit_log/
people               subjects/, mentioned/
dates and holds      dates/
destroying           planning/, applying/
the proof            certificates, certificate_page
"""
