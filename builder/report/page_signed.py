"""Catalogs and signed containers as markup, with signers and time stamps."""

from collections.abc import Iterator
from itertools import groupby

from builder.model.dossier import Dossier, Signed
from builder.model.evidence import SignerCertificate, VerifiedSignature
from builder.report.markup import base_name, path_markup, shown, wide_markup
from builder.report.text import counted

_HEADS = ("File", "Lists", "Signer", "Time stamp", "Root", "Answer")


def signed_markup(dossier: Dossier, path: str, *, level: int) -> Iterator[str]:
    """Yield a table of what is signed, then one of the certificates.

    Args:
        path: Of the top-level file: two tables have two names.
        level: Of the heading over the certificates.
    """
    if not dossier.signed:
        yield "<p>There is no catalog, and no container carries a signature.</p>"
        return
    heads = "".join(f'<th scope="col">{head}</th>' for head in _HEADS)
    yield wide_markup(f"Signatures in {path}", "wide long")
    yield '<table class="signed">'
    yield f"<thead><tr>{heads}</tr></thead><tbody>"
    for folder, run in groupby(dossier.signed, key=lambda signed: signed.where[:-1]):
        if folder:
            yield (
                f'<tr class="folder"><th scope="rowgroup" colspan="{len(_HEADS)}" '
                f'class="path">{path_markup(folder)}</th></tr>'
            )
        yield from map(_row, run)
    yield "</tbody></table></div>"
    if dossier.signed_left_out:
        left_out = counted(dossier.signed_left_out, "file")
        yield f'<p class="note">{left_out} not shown.</p>'
    yield from _certificates(dossier, path, level)


def _row(signed: Signed) -> str:
    signature = signed.signature
    name = shown(base_name(signed.where[-1]))
    cells = [f'<th scope="row" class="path"><bdi>{name}</bdi></th>']
    cells.append(f"<td>{_lists(signed)}</td>")
    if signature is None:
        fault = shown(signed.fault or "not verified")
        cells.append('<td colspan="3" class="none">not believed</td>')
        # Windows asks the catalogs, not the signature inside a program.
        is_program = signed.kind == "program file"
        chip = "warning" if is_program else "error"
        word = "refused" if is_program else "broken"
        cells.append(f'<td><span class="chip {chip}">{word}</span> {fault}</td>')
    else:
        cells.append(
            f"<td>{shown(signature.chain[0].common_name)}, "
            f"{shown(signature.digest_algorithm)}</td>"
        )
        cells.append(f"<td>{_stamp(signature)}</td>")
        cells.append(f"<td>{shown(signature.chain[-1].common_name)}</td>")
        cells.append(f"<td>{_answer(signature)}</td>")
    return f"<tr>{''.join(cells)}</tr>"


def _lists(signed: Signed) -> str:
    if signed.kind != "catalog":
        return f"(a {shown(signed.kind)})"
    if signed.entries is None:
        return "unreadable"
    text = f"{signed.entries:,} " + ("entry" if signed.entries == 1 else "entries")
    if signed.issued is not None:
        day = f"issued {signed.issued:%Y-%m-%d}"
        text += f', version {signed.version}<br><span class="nb">{day}</span>'
    return text


def _stamp(signature: VerifiedSignature) -> str:
    stamp = signature.timestamp
    if stamp is None:
        at = f"judged at {signature.judged_at:%Y-%m-%d %H:%M} UTC"
        return f'none<br><span class="nb">{at}</span>'
    by = shown(stamp.chain[0].common_name)
    time = f'<span class="nb">{stamp.time:%Y-%m-%d %H:%M} UTC</span>'
    return f"{time}<br>{shown(stamp.kind)}, {by}"


def _answer(signature: VerifiedSignature) -> str:
    said = [f"meets {shown(', '.join(signature.met))}"]
    if signature.weak:
        said.append("sha1, excused by its time stamp")
    if not signature.revocation_checked:
        said.append("revocation not checked")
    for nested in signature.nested:
        holds = "holds" if nested.verified is not None else "does not hold"
        said.append(f"a nested signature over {shown(nested.covers)} {holds}")
    return f'<span class="chip ok">holds</span> {"; ".join(said)}'


def _uses(dossier: Dossier) -> Iterator[tuple[SignerCertificate, str]]:
    waiting = [s.signature for s in dossier.signed if s.signature is not None]
    for signature in waiting:
        for use, chain in (
            ("signs", signature.chain),
            ("stamps", signature.timestamp.chain if signature.timestamp else ()),
        ):
            for at, certificate in enumerate(chain):
                if at == len(chain) - 1:
                    yield certificate, "root"
                else:
                    yield certificate, use if at == 0 else "issues"
        waiting.extend(n.verified for n in signature.nested if n.verified is not None)


def _certificates(dossier: Dossier, path: str, level: int) -> Iterator[str]:
    found: dict[str, tuple[SignerCertificate, set[str]]] = {}
    for certificate, use in _uses(dossier):
        found.setdefault(certificate.sha256, (certificate, set()))[1].add(use)
    if not found:
        return
    yield f"<details><summary><h{level}>Certificates</h{level}> "
    yield f'<span class="count">{len(found):,}</span></summary>'
    yield wide_markup(f"Certificates in {path}")
    yield "<table>"
    yield (
        '<thead><tr><th scope="col">Subject</th><th scope="col">Use</th>'
        '<th scope="col">Valid</th><th scope="col">SHA-256</th></tr></thead><tbody>'
    )
    for certificate, uses in found.values():
        start, end = certificate.not_before, certificate.not_after
        valid = f"{start:%Y-%m-%d} to<br>{end:%Y-%m-%d}"
        yield (
            f'<tr><th scope="row">{shown(certificate.subject)}</th>'
            f'<td>{", ".join(sorted(uses))}</td><td class="nb">{valid}</td>'
            f'<td class="path">{shown(certificate.sha256)}</td></tr>'
        )
    yield "</tbody></table></div></details>"
