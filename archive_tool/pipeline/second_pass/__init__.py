"""Parked rows, and recordings, become one encrypted file per subject.

shards   the pass itself
crew     who works on runs of shards: threads and worker processes
bench    rows in, the policy applied, files out
media    recordings: whose they are, what they will be called, who is out
leaving  what the archive holds then, before its papers are written
"""
