"""Before an act that binds, whoever is signed in gives the password again. The tries count as those at the sign-in."""

from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response

from esurety.services.sign_in import SignedIn, SignInSlowed, WrongCredentials, confirm_password
from esurety.web.access import installation, source
from esurety.web.answers import now

MISSING = "パスワードを入力してください"


@dataclass(frozen=True)
class PasswordProblem:
    """What is wrong with the typed password, and how to answer; `wait` is in seconds, 0 where nobody has to."""

    message: str
    wait: int = 0

    @property
    def status(self) -> int:
        return 429 if self.wait else 422

    def mark(self, answer: Response) -> Response:
        """Say in the answer's head, too, how long to wait."""
        if self.wait:
            answer.headers["Retry-After"] = str(self.wait)
        return answer


def wrong_password(account: SignedIn, *, nothing_done: str) -> PasswordProblem | None:
    """Judge the field `password` of this form; None when it is right. `nothing_done` ends the message: まだ何も発行していません."""
    password = request.form.get("password", "")
    if not password:
        return PasswordProblem(MISSING)
    try:
        confirm_password(account=account, password=password, source=source(), at=now(), keeper=installation().keeper)
    except WrongCredentials:
        return PasswordProblem(f"パスワードが違います。ログインに使うパスワードを、もう一度入力してください。{nothing_done}")
    except SignInSlowed as slowed:
        seconds = max(1, int((slowed.until - now()).total_seconds()) + 1)
        wait = f"続けて失敗したため、受け付けを止めています。{seconds}秒ほど待ってから、もう一度お試しください。{nothing_done}"
        return PasswordProblem(wait, seconds)
    return None
