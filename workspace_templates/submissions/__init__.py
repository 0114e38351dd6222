"""Submission writers: answers in, a file like the sample out; every cell is text."""
