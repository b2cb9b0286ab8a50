"""The policy inside JSON columns.

documents     columns as wholes: each distinct document is rewritten once
leaves        a document is walked beside a tree of decisions
originals     what ``extra`` keeps of columns
leaf_changes  what happens to one scalar
"""
