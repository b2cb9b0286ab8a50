"""The order of the stages, written once as code.

front doors          create, validate, review, store, downgrade
a store over time    stores/
what is asked for    request, opening, lowering, retention, verdict
what is archived     sources/
all rows, twice      first_pass/, second_pass/
validate             validating
create               making, admitted, run, archiving, papers
what was made        outcome, created
several processes    processes/
"""
