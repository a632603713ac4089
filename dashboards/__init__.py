"""The static site: pages rendered from the published file; no measure is computed and no verdict made here."""
