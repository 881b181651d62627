"""What shows that code is right: parsers, compilers and runs, one way for each language."""
