"""What of an installation the services need besides the database: made once at the start, handed to the verbs that use it."""

from dataclasses import dataclass

from esurety.services.key_vault import KeyVault
from esurety.services.note_keys import NoteSigner
from esurety.services.passwords import PasswordKeeper
from esurety.settings import Settings


@dataclass(frozen=True)
class Installation:
    """The settings with the keepers of secrets made from them."""

    settings: Settings
    vault: KeyVault
    keeper: PasswordKeeper
    log_signer: NoteSigner  # of this installation's own log
    witness_signer: NoteSigner  # of heads of other logs

    @property
    def sign_in_address(self) -> str:
        """Where mails tell people to sign in."""
        return f"{self.settings.public_url}/login"


def installation_of(settings: Settings) -> Installation:
    """The installation that the settings describe."""
    return Installation(
        settings,
        KeyVault(settings.secrets, cheap_hashing=settings.cheap_hashing),
        PasswordKeeper(cheap_hashing=settings.cheap_hashing),
        NoteSigner(settings.secrets.log_key),
        NoteSigner(settings.secrets.witness_key),
    )
