"""Signers of every kind, cabinets with signatures, and time stamps.

The judges are osslsigncode and OpenSSL; the authority is one that the test
starts on the loopback interface, with `openssl ts` behind it.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cab_judges import EXTRACT, extract, need
from projects import LEDGER, anchor, hotfix, msu

pytestmark = pytest.mark.oracle

CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[code]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = codeSigning
[stamp]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = own
[own]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/stamp.pem
certs = {folder}/root.pem
signer_key = {folder}/stamp.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


def openssl(*words: str | Path) -> bytes:
    need("openssl")
    done = subprocess.run(
        ["openssl", *map(str, words)], capture_output=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root, a code signer and a time stamper, made by OpenSSL."""
    folder = tmp_path_factory.mktemp("pki")
    for name in ("root", "code", "stamp"):
        config = folder / f"{name}.cnf"
        config.write_text(CONFIG.format(name=f"test {name}", folder=folder))
        new = ("req", "-new", "-newkey", "rsa:3072", "-nodes", "-config", config)
        key = ("-keyout", folder / f"{name}.key")
        if name == "root":
            openssl(
                *(*new, *key, "-x509", "-days", "3650", "-extensions", "root"),
                *("-out", folder / "root.pem"),
            )
            continue
        openssl(*new, *key, "-out", folder / f"{name}.csr")
        openssl(
            *("x509", "-req", "-in", folder / f"{name}.csr", "-days", "3000"),
            *("-CA", folder / "root.pem", "-CAkey", folder / "root.key"),
            *("-CAcreateserial", "-extfile", config, "-extensions", name),
            *("-out", folder / f"{name}.pem"),
        )
    chain = (folder / "code.pem").read_text() + (folder / "root.pem").read_text()
    (folder / "chain.pem").write_text(chain)
    (folder / "serial").write_text("01\n")
    openssl(
        *("pkcs12", "-export", "-inkey", folder / "code.key"),
        *("-in", folder / "chain.pem", "-passout", "pass:secret"),
        *("-out", folder / "code.pfx"),
    )
    (folder / "password").write_text("secret\n")
    return folder


@contextmanager
def authority(keys: Path, *, answer: bytes | None = None) -> Iterator[str]:
    """Answer time-stamp requests on the loopback interface."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            query = keys / "query.tsq"
            query.write_bytes(self.rfile.read(size))
            reply = answer
            if reply is None:
                reply = openssl(
                    *("ts", "-reply", "-queryfile", query),
                    *("-config", keys / "stamp.cnf", "-section", "own"),
                )
            self.send_response(200)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


BUILD = ("build", LEDGER, "--stand-in", "--arch", "x86")


def signers(keys: Path) -> dict[str, tuple[object, ...]]:
    pair = ("--sign-cert", keys / "chain.pem")
    command = f"openssl pkeyutl -sign -inkey {keys / 'code.key'} -pkeyopt digest:sha256"
    return {
        "pair": (*pair, "--sign-key", keys / "code.key"),
        "pfx": ("--sign-pfx", keys / "code.pfx", "--password-file", keys / "password"),
        "command": (*pair, "--sign-command", command),
    }


def test_a_pair_a_store_and_a_program_sign_the_same_bytes(
    keys: Path, tmp_path: Path
) -> None:
    """PKCS #1 v1.5 is deterministic, so the way to the key changes nothing."""
    made = {}
    for name, words in signers(keys).items():
        hotfix(*BUILD, *words, "-o", tmp_path / name, "--sign-packages")
        made[name] = msu(tmp_path / name, "x86").read_bytes()
        root = anchor(tmp_path / name, "x86").read_text()
        assert root.split() == (keys / "root.pem").read_text().split()
    assert made["pair"] == made["pfx"] == made["command"]


def verify(file: Path, root: Path, *words: str | Path) -> tuple[int, str]:
    need("osslsigncode")
    done = subprocess.run(
        ["osslsigncode", "verify", "-CAfile", root, *words, "-in", file],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


def test_signed_cabinets_are_verified_and_read_by_others(
    keys: Path, tmp_path: Path
) -> None:
    hotfix(*BUILD, *signers(keys)["pair"], "-o", tmp_path, "--sign-packages")
    package = msu(tmp_path, "x86")
    outer = extract("cabextract", cab=package, out=tmp_path / "outer")
    inner = outer["Windows6.0-KB967724-x86.cab"]
    for number, cabinet in enumerate((package, inner)):
        code, said = verify(cabinet, keys / "root.pem")
        assert code == 0, said
        assert "Signature verification: ok" in said
        contents = [
            {n: p.read_bytes() for n, p in files.items()}
            for tool in sorted(EXTRACT)
            for files in [extract(tool, cab=cabinet, out=tmp_path / f"{tool}{number}")]
        ]
        assert len(contents) == len(EXTRACT)
        assert all(one == contents[0] for one in contents)
    damaged = tmp_path / "damaged.msu"
    data = bytearray(package.read_bytes())
    data[200] ^= 1
    damaged.write_bytes(data)
    assert verify(damaged, keys / "root.pem")[0] != 0
    told = hotfix("catalog", "verify", package, "--trust-anchor", keys / "root.pem")
    assert ": verified: sha256 " in told.output


def test_signatures_are_stamped_by_an_authority(keys: Path, tmp_path: Path) -> None:
    with authority(keys) as url:
        stamp = ("--timestamp-url", url, "--timestamp-anchor", keys / "root.pem")
        words = signers(keys)["pair"]
        hotfix(*BUILD, *words, *stamp, "-o", tmp_path, "--sign-packages")
    package = msu(tmp_path, "x86")
    code, said = verify(package, keys / "root.pem", "-TSA-CAfile", keys / "root.pem")
    assert code == 0, said
    assert "Timestamp verified using" in said or "Timestamp Server Signature" in said
    told = hotfix("validate", package, "--trust-anchor", keys / "root.pem")
    assert "valid: 0 errors, 0 warnings" in told.output
    assert "no time stamp" not in told.output


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "no time-stamp answer"),
        (b"<html>", "no time-stamp answer"),
        (bytes.fromhex("30053003020102"), "refuses (status 2)"),
        (bytes(1 << 21), "answers over 1,048,576 bytes"),
    ],
)
def test_an_authority_that_does_not_answer_is_one_clear_line(
    keys: Path, tmp_path: Path, answer: bytes, reason: str
) -> None:
    with authority(keys, answer=answer) as url:
        stamp = ("--timestamp-url", url, "--timestamp-anchor", keys / "root.pem")
        words = signers(keys)["pair"]
        told = hotfix(*BUILD, *words, *stamp, "-o", tmp_path / "out", code=3)
    assert reason in told.output
    assert told.output.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_an_answer_about_something_else_is_refused(keys: Path, tmp_path: Path) -> None:
    openssl("ts", "-query", "-data", keys / "root.pem", "-sha256", "-cert",
            "-out", tmp_path / "other.tsq")  # fmt: skip
    other = openssl(
        *("ts", "-reply", "-queryfile", tmp_path / "other.tsq"),
        *("-config", keys / "stamp.cnf", "-section", "own"),
    )
    with authority(keys, answer=other) as url:
        stamp = ("--timestamp-url", url, "--timestamp-anchor", keys / "root.pem")
        words = signers(keys)["pair"]
        told = hotfix(*BUILD, *words, *stamp, "-o", tmp_path / "out", code=3)
    assert "stamped something else" in told.output


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--sign-command", "no-such-program"), "cannot be run"),
        (("--sign-command", f"{sys.executable} -c pass"), "wrote 0 bytes"),
        (("--sign-command", f"{sys.executable} -c exit(3)"), "exit code 3"),
        (("--sign-command", f"{sys.executable} -c print(1)"), "signature"),
    ],
)
def test_a_program_that_cannot_sign_is_one_clear_line(
    keys: Path, tmp_path: Path, words: tuple[str, ...], reason: str
) -> None:
    pair = ("--sign-cert", keys / "chain.pem")
    told = hotfix(*BUILD, *pair, *words, "-o", tmp_path / "out", code=3)
    assert reason in told.output
    assert not (tmp_path / "out").exists()


def test_a_store_with_another_password_or_content_is_refused(
    keys: Path, tmp_path: Path
) -> None:
    for words in (
        ("--sign-pfx", keys / "code.pfx"),
        ("--sign-pfx", keys / "code.pem"),
        ("--sign-pfx", keys / "code.pfx", "--password-file", keys / "serial"),
    ):
        told = hotfix(*BUILD, *words, "-o", tmp_path / "out", code=3)
        assert "no PKCS #12 file, or a wrong password" in told.output


@pytest.mark.parametrize("era", ["6.1", "6.3"])
def test_a_catalog_is_created_signed_again_and_verified_by_others(
    era: str, keys: Path, tmp_path: Path
) -> None:
    files = tmp_path / "files"
    hotfix("stand-in", LEDGER, "-o", files)
    listed = sorted(files.rglob("*.*"))
    assert len(listed) == 6
    made = tmp_path / "made.cat"
    hotfix("catalog", "create", *listed, "-o", made, "--era", era, "--unsigned")
    signed = tmp_path / "signed.cat"
    hotfix("catalog", "sign", made, "-o", signed, *signers(keys)["command"])
    told = hotfix(
        *("catalog", "verify", signed, *listed),
        *("--trust-anchor", keys / "root.pem"),
    )
    assert told.output.count(": listed: ") == 6
    driver = next(path for path in listed if path.name == "Mpio.sys")
    code, said = verify(driver, keys / "root.pem", "-catalog", signed)
    assert code == 0, said


def test_a_rebuild_is_compared_with_what_lies_there(
    tmp_path: Path, signer_folder: Path
) -> None:
    words = (*BUILD, "--dev-sign", "--dev-keys", signer_folder, "-o", tmp_path)
    told = hotfix(*words, "--check", code=1)
    assert "is not there" in told.output
    hotfix(*words)
    before = msu(tmp_path, "x86").read_bytes()
    told = hotfix(*words, "--check")
    assert "is what is built today, byte for byte" in told.output
    msu(tmp_path, "x86").write_bytes(before[:-1] + b"x")
    told = hotfix(*words, "--check", code=1)
    assert f"differs from byte {len(before) - 1:#x} on" in told.output
    msu(tmp_path, "x86").write_bytes(before + b"x")
    told = hotfix(*words, "--check", code=1)
    assert f"differs from byte {len(before):#x} on" in told.output


@pytest.mark.parametrize(
    "words",
    [
        ("--unsigned", "--sign-packages"),
        ("--unsigned", "--timestamp-url", "http://127.0.0.1/"),
        ("--dev-sign", "--timestamp-url", "http://127.0.0.1/"),
        ("--sign-cert", "x", "--sign-key", "y", "--sign-command", "z"),
        ("--sign-command", "z"),
        ("--sign-pfx", "x", "--dev-sign"),
        ("--sign-cert", "x", "--sign-command", "'"),
        ("--sign-cert", "x", "--sign-command", " "),
    ],
)
def test_signers_that_exclude_each_other_are_wrong_usage(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    hotfix(*BUILD, *words, "-o", tmp_path / "out", code=2)
    assert not (tmp_path / "out").exists()
