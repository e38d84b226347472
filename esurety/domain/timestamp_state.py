"""Where the timestamp of a certificate stands."""

from enum import StrEnum


class TimestampState(StrEnum):
    """The values are those of the column."""

    NONE = "none"  # on paper, or no authority in the settings
    EMBEDDED = "embedded"  # in the signature
    PENDING = "pending"  # none could be had at issue; the worker asks again
    DETACHED = "detached"  # beside the file, over its SHA-256
