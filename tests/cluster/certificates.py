"""The certificates of one cluster: its own authority, serving certificates, client certificates.

Names carry the identity (CN is the user, each O a group), as a kubeconfig with client certificates has it.
"""

import datetime
import ipaddress
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID = datetime.timedelta(days=365)


class KeyPair(NamedTuple):
    """Files of a certificate and its key."""

    certificate: Path
    key: Path

    @property
    def paths(self) -> tuple[str, str]:
        """The two names as HTTP clients take them."""
        return str(self.certificate), str(self.key)


class Authority:
    """A certificate authority that lives as long as one cluster."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("kubernetes", ())
        certificate = (
            _builder(self._name, self._name, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .add_extension(_signing_usage(), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.files = KeyPair(folder / "ca.crt", folder / "ca.key")
        self.files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        _write_key(self.files.key, self._key)

    def client(self, file_name: str, user: str, groups: Sequence[str] = ()) -> KeyPair:
        """Issue a client certificate for a user with groups."""
        return self._issue(file_name, _name(user, groups), [], ExtendedKeyUsageOID.CLIENT_AUTH)

    def serving(self, file_name: str, common_name: str, names: Sequence[str]) -> KeyPair:
        """Issue a serving certificate that is valid for names and addresses, and as a client's too."""
        usages = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)
        return self._issue(file_name, _name(common_name, ()), names, *usages)

    def _issue(
        self, file_name: str, subject: x509.Name, names: Sequence[str], *usages: x509.ObjectIdentifier
    ) -> KeyPair:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = (
            _builder(subject, self._name, key.public_key())
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
            # Python 3.13 verifies strictly, and refuses a certificate that does not say whose key signed it.
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if names:
            alternatives = x509.SubjectAlternativeName([_alternative(name) for name in names])
            builder = builder.add_extension(alternatives, critical=False)
        files = KeyPair(self._folder / f"{file_name}.crt", self._folder / f"{file_name}.key")
        certificate = builder.sign(self._key, hashes.SHA256())
        files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        _write_key(files.key, key)
        return files


def service_account_key(folder: Path) -> KeyPair:
    """Make the key that service-account tokens are signed with; `certificate` is its public half."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    files = KeyPair(folder / "sa.pub", folder / "sa.key")
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    files.certificate.write_bytes(key.public_key().public_bytes(encoding, form))
    _write_key(files.key, key)
    return files


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    path.touch(mode=0o600)
    path.write_bytes(pem)


def _name(user: str, groups: Sequence[str]) -> x509.Name:
    organisations = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
    return x509.Name([*organisations, x509.NameAttribute(NameOID.COMMON_NAME, user)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + VALID)
    )


def _signing_usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
