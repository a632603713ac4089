"""One module per source of public data, each exporting `SOURCE`."""
