"""The peer of `bench/web.py`: Django's own admin over the same tables. Never served to people."""
