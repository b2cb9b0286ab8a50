"""What the report shows beside the findings: pictures and counts, under local names.

labels        local names for people, rooms and components
out_of_order  the same without the order of the sessions
pictures      ratings over time and sync drift
privacy       how many cells hold what looks personal, column by column
named         which texts name somebody
"""
