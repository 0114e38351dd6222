"""The language server: protocol in, domain out. The only code that imports pygls."""
