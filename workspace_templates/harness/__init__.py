"""The tail of every pipeline file: command line, caching, training, saving, answering."""
