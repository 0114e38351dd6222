"""The second line of a solve: a language model's agents plan, write candidates and improve them.

It runs beside the exploration in a thread of its own, and can end nothing but itself.
"""
