"""Gradwalk's web application: it shows what the engine computed, and depends on it, never the reverse."""

__version__ = "0.1.0"
