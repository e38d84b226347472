"""The WSGI entry: gunicorn app:app, and where the flask command finds the application."""

from esurety.cli import register_commands
from esurety.web import create_app

app = create_app()
register_commands(app)
