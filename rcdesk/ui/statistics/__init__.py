"""A picture of the calls of some days."""
