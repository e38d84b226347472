"""Why a surety's certificates cannot be signed right now, each cause with its own sentence and what to do about it."""

from enum import StrEnum


class SigningProblem(StrEnum):
    """One cause. The sentences are for the office's pages and for `flask signing check`."""

    NO_KEY = "no_key"
    NO_CERTIFICATE = "no_certificate"
    UNREADABLE_KEY = "unreadable_key"
    UNREADABLE_CERTIFICATE = "unreadable_certificate"
    KEY_IS_NOT_P256 = "key_is_not_p256"
    KEY_OF_ANOTHER_CERTIFICATE = "key_of_another_certificate"
    CERTIFICATE_NOT_FOR_SIGNING = "certificate_not_for_signing"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    DEMO_CERTIFICATE = "demo_certificate"
    NO_DEVICE_SOFTWARE = "no_device_software"
    DEVICE_UNREACHABLE = "device_unreachable"
    NO_KEY_IN_DEVICE = "no_key_in_device"

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]

    @property
    def advice(self) -> str:
        """What the operator does about it."""
        return _ADVICE[self]


_SENTENCES = {
    SigningProblem.NO_KEY: "署名鍵（key.pem）がありません。",
    SigningProblem.NO_CERTIFICATE: "署名用の電子証明書（certificate.pem）がありません。",
    SigningProblem.UNREADABLE_KEY: "署名鍵（key.pem）を読み取れません。",
    SigningProblem.UNREADABLE_CERTIFICATE: "署名用の電子証明書（certificate.pem）を読み取れません。",
    SigningProblem.KEY_IS_NOT_P256: "署名鍵が P-256 の楕円曲線の鍵ではありません。",
    SigningProblem.KEY_OF_ANOTHER_CERTIFICATE: "署名鍵と署名用の電子証明書が対になっていません。",
    SigningProblem.CERTIFICATE_NOT_FOR_SIGNING: "この電子証明書は、文書への署名に使えるものではありません。",
    SigningProblem.NOT_YET_VALID: "署名用の電子証明書の有効期間が、まだ始まっていません。",
    SigningProblem.EXPIRED: "署名用の電子証明書の有効期間が終わっています。",
    SigningProblem.DEMO_CERTIFICATE: "署名用の電子証明書が、デモの見本認証局のものです。",
    SigningProblem.NO_DEVICE_SOFTWARE: "署名鍵の装置（PKCS#11）を使うためのソフトウェアがありません。",
    SigningProblem.DEVICE_UNREACHABLE: "署名鍵の装置（PKCS#11）を使えません。",
    SigningProblem.NO_KEY_IN_DEVICE: "署名鍵の装置に、この保証会社の鍵がありません。",
}
_REQUEST = "flask signing request で鍵と申請書（CSR）を作り、認証局から届いた電子証明書を flask signing install で入れてください。"
_ADVICE = {
    SigningProblem.NO_KEY: _REQUEST,
    SigningProblem.NO_CERTIFICATE: "認証局から届いた電子証明書を flask signing install で入れてください。",
    SigningProblem.UNREADABLE_KEY: "ファイルの権限と、暗号化していない PEM 形式であることを確かめてください。",
    SigningProblem.UNREADABLE_CERTIFICATE: "ファイルの権限と、PEM 形式であることを確かめてください。",
    SigningProblem.KEY_IS_NOT_P256: _REQUEST,
    SigningProblem.KEY_OF_ANOTHER_CERTIFICATE: "同じ申請で作った鍵と電子証明書の組に置き換えてください。",
    SigningProblem.CERTIFICATE_NOT_FOR_SIGNING: "文書への署名に使える電子証明書（digitalSignature）を、認証局に申請してください。",
    SigningProblem.NOT_YET_VALID: "有効期間が始まるまで待つか、サーバーの時計を確かめてください。",
    SigningProblem.EXPIRED: _REQUEST,
    SigningProblem.DEMO_CERTIFICATE: _REQUEST,
    SigningProblem.NO_DEVICE_SOFTWARE: "pip install python-pkcs11 で入れてください。",
    SigningProblem.DEVICE_UNREACHABLE: "装置の接続と、SIGNING_PKCS11_MODULE・SIGNING_PKCS11_TOKEN・SIGNING_PKCS11_PIN の値を確かめてください。",
    SigningProblem.NO_KEY_IN_DEVICE: "装置の中の鍵のラベルを surety-保証会社の番号（例 surety-1）にしてください。",
}
