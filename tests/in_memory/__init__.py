"""Small stand-ins for the edge of the platform: a chain in memory, and values to put on it."""
