"""The pipeline's own code on a synthetic dump of the Hub, beside polars, pandas and the bare decoder; no tests."""
