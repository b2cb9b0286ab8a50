"""Processes that work beside the first one, where a bundle is worth it.

workers      how many, and their start
worker       one of them, seen from the first process
process      the operating system's side of it, and its pipes
frames       objects through a pipe
serve        its life, seen from itself
interpreter  settings of a process for threads and many short-lived objects
"""
