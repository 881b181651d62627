"""How well feelings and varieties of Spanish are read: the shipped heads, and their method."""
