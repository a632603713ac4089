"""What Dagster shows: one module per kind of thing."""
