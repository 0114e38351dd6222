"""What a line of a module or pipeline means: its step, its values, what feeds it.

Pure and fast: nothing runs here, and a text that does not parse is read line by line.
"""
