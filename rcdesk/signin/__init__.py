"""The sign-in window: a process of its own, because WebEngine never gives its memory back."""
