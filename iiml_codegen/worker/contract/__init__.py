"""The checks behind the clauses of the interface contract, one file per family.

A check takes a plain clause and the delivery, and yields a breach for each way in which the output
does not keep it. Frames and series are checked through pandera (`frames`); the other files have
what pandera does not know: other kinds of objects, and relations between outputs.
"""
