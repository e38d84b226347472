"""`flask check`."""

import sys
from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from esurety.services.check_installation import Result, check_installation, overall

_MARKS = {Result.HOLDS: "良い　　", Result.DOES_NOT: "要対応　", Result.COULD_NOT_TELL: "不明　　"}


@click.command()
@with_appcontext
def check() -> None:
    """Say in plain sentences what is wrong with this installation. Exit 0: nothing; 1: something; 2: could not tell."""
    findings = check_installation(installation=current_app.extensions["esurety"], at=datetime.now(UTC))
    for finding in findings:
        click.echo(f"{_MARKS[finding.result]}{finding.sentence}")
    sys.exit(int(overall(findings)))
