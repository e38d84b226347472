"""電子保証: electronic guarantees for public works, as a system that a small town can host itself."""
