"""Every row is seen once, what needs the whole bundle is gathered, and the rows are parked.

gather     the pass itself
gathered   what is known at its end
inventory  the same for inspect and policy check: nothing is checked
reading    JSON, read by this process and its workers in turns
checking   the checks, in this process or in a worker
stages     stages in threads of their own
parking    where rows wait: in memory, and beyond a budget sealed on disk
"""
