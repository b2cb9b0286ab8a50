"""JSON and NDJSON → parts and loose tables.

read        a file, whatever its form
decode      a JSON text opened one level deep, and repaired
documents   what a JSON text holds: pages, arrays, tables by type, several documents
cut         a page of the API taken apart without decoding its rows
tables      rows of all files, with what they inherit
pieces      rows that are decoded at once
rows        their objects → columns
runs        chunks of many pages put together
structs     rows of one shape, decoded straight into columns
keys        objects that say a key twice
tableless   an object that is no table: whether it holds rows all the same
ndjson      lines of a stream
"""
