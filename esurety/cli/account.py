"""`flask account create`: the first administrator."""

import sys
from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import AppGroup

from esurety.services.create_account import SHORTEST_PASSWORD, AccountExists, PasswordTooShort, create_account
from esurety.services.installation import Installation
from esurety.services.keep_surety import surety_called
from esurety.services.sign_in import Role

account = AppGroup("account", help="Accounts of people.")


@account.command("create")
@click.argument("email")
@click.option("--name", "display_name", prompt="表示名", help="The person's name as others see it.")
@click.option("--surety", default="", help="The surety to work for; without it, an operator of all sureties, who registers the first one.")
@click.option("--password", prompt="パスワード", hide_input=True, confirmation_prompt=True, help="Asked for when not given.")
def create(email: str, display_name: str, surety: str, password: str) -> None:
    """Create an administrator."""
    installation: Installation = current_app.extensions["esurety"]
    surety_id = surety_called(surety) if surety else None
    if surety and surety_id is None:
        click.echo(f"「{surety}」という保証会社は登録されていません。商号を確かめてください。", err=True)
        sys.exit(1)
    try:
        create_account(
            email=email,
            password=password,
            display_name=display_name,
            role=Role.ADMIN,
            at=datetime.now(UTC),
            keeper=installation.keeper,
            surety_id=surety_id,
        )
    except AccountExists:
        click.echo(f"{email} のアカウントは、すでにあります。", err=True)
        sys.exit(1)
    except PasswordTooShort:
        click.echo(f"パスワードは{SHORTEST_PASSWORD}文字以上にしてください。", err=True)
        sys.exit(1)
    click.echo(f"{email} を運用担当として登録しました。")
