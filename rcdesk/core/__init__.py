"""Rules about calls, presence and numbers: no Qt, no I/O, no event loop."""
