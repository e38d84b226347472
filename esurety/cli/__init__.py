"""The flask commands: they call services exactly as the views do."""

from flask import Flask

from esurety.cli.account import account
from esurety.cli.backup import backup, restore
from esurety.cli.check import check
from esurety.cli.demo import demo
from esurety.cli.worker import worker


def register_commands(app: Flask) -> None:
    """Add the commands to `flask`."""
    for command in (account, backup, check, demo, restore, worker):
        app.cli.add_command(command)
