"""The command line: parse, call the flow, show."""
