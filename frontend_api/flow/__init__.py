"""The way of a bill, a function a command; sees ports, never adapters."""
