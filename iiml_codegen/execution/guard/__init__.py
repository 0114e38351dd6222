"""The guard: stands around a script in the user's interpreter and refuses what would cheat.

Runs as `python -I <this folder> SCRIPT ARGUMENTS` with the standard library alone, so that it works
where iiML is not installed.
"""
