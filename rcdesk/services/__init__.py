"""Use cases between the platform and whatever shows them: no Qt."""
