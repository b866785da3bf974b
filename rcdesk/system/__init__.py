"""The desktop around rcdesk: paths, settings, secrets, URIs; no Qt."""
