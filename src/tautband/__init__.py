"""tautband runs a trigger point injection service: assessment, injection, outcome, one record."""

VERSION = "0.1.0"
