"""RingCentral over HTTP and WebSocket: asyncio, no Qt."""
