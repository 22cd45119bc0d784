"""The shared look: theme, base page, parts, charts and the body map. No tables, nothing clinical of its own."""
