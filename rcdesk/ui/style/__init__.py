"""One look for every window: tokens, theme, icons."""
