"""The tables. A rule that must survive a second process is a constraint here."""

from esurety.persistence.models.contracts import (
    Application,
    AuthenticationKeyRow,
    CertificateFile,
    CertificateVersion,
    ContractBigram,
    GuaranteeContract,
    NumberCounter,
    PremiumReceipt,
    RequestedGuaranteeRow,
)
from esurety.persistence.models.organisations import (
    Account,
    Authority,
    AuthorityPolicyVersion,
    Branch,
    Company,
    Surety,
    TariffTierRow,
    TariffVersion,
)
from esurety.persistence.models.records import AnsweredToken, CertificateOpening, Event, GateAttempt, OutboxMail, SignInAttempt

__all__ = [
    "Account",
    "AnsweredToken",
    "Application",
    "AuthenticationKeyRow",
    "Authority",
    "AuthorityPolicyVersion",
    "Branch",
    "CertificateFile",
    "CertificateOpening",
    "CertificateVersion",
    "Company",
    "ContractBigram",
    "Event",
    "GateAttempt",
    "GuaranteeContract",
    "NumberCounter",
    "OutboxMail",
    "PremiumReceipt",
    "RequestedGuaranteeRow",
    "SignInAttempt",
    "Surety",
    "TariffTierRow",
    "TariffVersion",
]
