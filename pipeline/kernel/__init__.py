"""Library code of the pipeline; nothing here imports Dagster."""
