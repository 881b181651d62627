"""What work in phases costs, and what it saves."""
