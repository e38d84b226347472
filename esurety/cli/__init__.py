"""The flask commands: they call services exactly as the views do."""

from flask import Flask

from esurety.cli.account import account
from esurety.cli.audit import audit
from esurety.cli.backup import backup, restore
from esurety.cli.certificate import certificate
from esurety.cli.check import check
from esurety.cli.demo import demo
from esurety.cli.log import log
from esurety.cli.signing import signing
from esurety.cli.trust import trust
from esurety.cli.worker import worker


def register_commands(app: Flask) -> None:
    """Add the commands to `flask`."""
    for command in (account, audit, backup, certificate, check, demo, log, restore, signing, trust, worker):
        app.cli.add_command(command)
