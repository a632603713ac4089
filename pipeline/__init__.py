"""Ajar: how open artificial intelligence is, and whether what is said about open models holds."""
