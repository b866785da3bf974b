"""The windows: they take core types through slots and say what the user wants by signals."""
