"""Summary tables under differential privacy.

contributions    what one person may give to a table
mechanism        noise from OpenDP
tables           every cell of the policy, with its noise
budget           what the tables of a study may give away of one person
"""
