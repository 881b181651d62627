"""What is indexed, in SQLite: the one truth, from which every vector store can be made anew."""
