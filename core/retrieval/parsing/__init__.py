"""From the bytes of a document to blocks of text with their places in it."""
