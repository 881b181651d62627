"""What is looked at: a file each, and none knows of another."""
