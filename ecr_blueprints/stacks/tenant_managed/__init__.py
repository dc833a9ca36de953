"""Each team's account owns its registry; the platform keeps every registry to a baseline."""
