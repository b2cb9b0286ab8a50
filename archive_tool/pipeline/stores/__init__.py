"""What is asked of a store over time, what is planned and what is done at once.

``opened`` is a store with its vault as it is now; ``asking`` reads, ``planning`` destroys in two steps,
``at_once`` does what can be done at once. :class:`archive_tool.pipeline.store.Store` is all of them.
"""
