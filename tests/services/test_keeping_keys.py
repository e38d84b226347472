"""The vault: a verifier that opens nothing when stolen, a sealed copy bound to its contract."""

from dataclasses import replace

import pytest

from esurety.domain.authentication_key import AuthenticationKey
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber
from esurety.services.key_vault import KeyNotReadable, KeyVault
from esurety.settings import Secrets

SECRETS = Secrets(session_key="s" * 32, key_pepper=b"p" * 32, key_encryption_key=b"e" * 32, log_key="", witness_key="")
KEY = AuthenticationKey("ABCDEF01")
NUMBER, OTHER = GuaranteeContractNumber.of(101, 2024, 1), GuaranteeContractNumber.of(101, 2024, 2)


@pytest.fixture
def vault() -> KeyVault:
    return KeyVault(SECRETS, cheap_hashing=True)


def test_a_key_matches_its_own_verifier_and_no_other(vault: KeyVault) -> None:
    verifier = vault.verifier(KEY)

    assert vault.matches(verifier, KEY)
    assert vault.matches(verifier, AuthenticationKey.parse("abcd ef-o1"))
    assert not vault.matches(verifier, AuthenticationKey("ABCDEF02"))
    assert not vault.matches(verifier, None)
    assert not vault.matches(None, KEY)
    assert not vault.matches(None, None)
    assert not vault.matches("", KEY)
    assert not vault.matches("not a verifier", KEY)


def test_two_verifiers_of_one_key_differ_and_neither_shows_it(vault: KeyVault) -> None:
    one, two = vault.verifier(KEY), vault.verifier(KEY)

    assert one != two
    assert "ABCDEF01" not in one


def test_without_the_pepper_a_verifier_opens_nothing(vault: KeyVault) -> None:
    thief = KeyVault(replace(SECRETS, key_pepper=b"x" * 32), cheap_hashing=True)

    assert not thief.matches(vault.verifier(KEY), KEY)


def test_a_sealed_key_is_read_back_only_for_its_own_contract_and_version(vault: KeyVault) -> None:
    sealed = vault.seal(KEY, NUMBER, 1)

    assert vault.unseal(sealed, NUMBER, 1).reveal() == "ABCDEF01"
    assert b"ABCDEF01" not in sealed
    for number, version in ((OTHER, 1), (NUMBER, 2)):
        with pytest.raises(KeyNotReadable):
            vault.unseal(sealed, number, version)


@pytest.mark.parametrize("place", [0, 12, -1])
def test_a_changed_byte_is_noticed(place: int, vault: KeyVault) -> None:
    sealed = bytearray(vault.seal(KEY, NUMBER, 1))
    sealed[place] ^= 1

    with pytest.raises(KeyNotReadable):
        vault.unseal(bytes(sealed), NUMBER, 1)


def test_another_installations_key_reads_nothing(vault: KeyVault) -> None:
    other = KeyVault(replace(SECRETS, key_encryption_key=b"x" * 32), cheap_hashing=True)

    with pytest.raises(KeyNotReadable):
        other.unseal(vault.seal(KEY, NUMBER, 1), NUMBER, 1)


@pytest.mark.parametrize("sealed", [b"", b"short", b"x" * 12])
def test_what_is_no_sealed_key_is_said_to_be_unreadable(sealed: bytes, vault: KeyVault) -> None:
    with pytest.raises(KeyNotReadable):
        vault.unseal(sealed, NUMBER, 1)


def test_hashing_in_service_is_not_the_cheap_one() -> None:
    verifier = KeyVault(SECRETS).verifier(KEY)

    assert "$argon2id$" in verifier
    assert "m=12288,t=3,p=1" in verifier


def test_secrets_do_not_show_themselves() -> None:
    assert "pppp" not in repr(SECRETS)
    assert "ABCDEF01" not in f"{KEY!r} {KEY}"
