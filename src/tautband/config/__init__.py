"""Puts the parts together: settings, store, server, command line."""
