"""The assets, one module a stretch of the way from source to published file."""
