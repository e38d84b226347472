"""Models, constraints and queries: the only floor that knows SQLAlchemy."""
