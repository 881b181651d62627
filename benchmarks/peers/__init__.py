"""Other programs, measured in the same run as ours. Outside CI: each needs a build of its own."""
