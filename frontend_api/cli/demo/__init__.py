"""The demonstration: the whole way of a bill, on real parts."""
