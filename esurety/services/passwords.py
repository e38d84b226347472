"""Passwords: hashed with argon2id, compared exactly as typed."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# About 21 ms of one core; at most a few at once, see docs/security.md.
_hasher = PasswordHasher(time_cost=3, memory_cost=12 * 1024, parallelism=1)
# For tests only, and named so.
_insecure_but_fast_hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class PasswordKeeper:
    """Hashes passwords and checks them; an unknown account costs the same time as a known one."""

    def __init__(self, *, cheap_hashing: bool = False) -> None:
        self._hasher = _insecure_but_fast_hasher if cheap_hashing else _hasher
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def matches(self, verifier: str | None, password: str) -> bool:
        """Whether the password is the one hashed in `verifier`; None stands for an unknown account and never matches."""
        try:
            return self._hasher.verify(verifier or self._nobody, password) and verifier is not None
        except (VerificationError, InvalidHashError):
            return False
