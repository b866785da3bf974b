"""A local RingCentral that speaks the real wire protocol, for demos and tests."""
