"""The mail address in an authority's 提出先, which names a desk and its address in one line."""

import re
import unicodedata

_ADDRESS = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}")
_LONGEST = 254  # RFC 5321


def registered_address(recipient: str) -> str:
    """The first mail address in the text, in any width; empty where there is none."""
    found = _ADDRESS.search(unicodedata.normalize("NFKC", recipient[:300]))
    return found[0] if found is not None and len(found[0]) <= _LONGEST else ""
