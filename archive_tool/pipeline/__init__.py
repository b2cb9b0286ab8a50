"""The order of the stages, written once as code.

front doors          create, validate, review, store, downgrade
a store over time    stores/
what is asked for    request, opening, lowering, retention, verdict
what is archived     source, from_bundle, from_archive, from_codes, stored_rows
the first pass       gather, gathered, inventory, reading, checking, stages, parking
validate             validating
create               making, admitted, run, archiving, shards, crew, bench, leaving, media, papers
what was made        outcome, created
several processes    processes/
"""
