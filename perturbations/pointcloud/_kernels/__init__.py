"""Compiled loops over the points of clouds (n, N, 3 + F).

Every loop sees one cloud at a time, so a cloud's noise depends on neither the batch nor its place in it.
"""
