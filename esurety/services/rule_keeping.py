"""Who lays down rules: the operator alone."""

from esurety.services.sign_in import Role, SignedIn


class NotAnOperator(PermissionError):
    """The person may look at the rules and not change them."""


def refuse_unless_operator(account: SignedIn) -> None:
    """Raise NotAnOperator for anybody else."""
    if account.role is not Role.ADMIN:
        raise NotAnOperator
