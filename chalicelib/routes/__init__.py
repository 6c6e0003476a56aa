"""One module per noun of the URL, one short view per request."""
