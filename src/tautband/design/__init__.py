"""The shared look: theme, base page, parts, charts and the body map. It has no tables."""
