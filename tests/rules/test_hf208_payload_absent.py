from make_subjects import (
    COMPONENT,
    FOLDER,
    PLACE,
    file_of,
    manifest,
    member,
    package_set,
)

from builder.model.finding import Hit
from builder.rules.hf208_payload_absent import check

DRIVER = manifest(COMPONENT, file_of("I386\\Mpio.sys", line=12))


def test_a_file_in_its_folder_is_silent_in_any_case() -> None:
    payload = member(f"{FOLDER.upper()}/i386/MPIO.SYS")
    assert list(check(package_set(DRIVER, payload=(payload,)))) == []


def test_a_file_elsewhere_is_absent() -> None:
    packages = package_set(DRIVER, payload=(member("mpio.sys"),))
    assert list(check(packages)) == [
        Hit(
            where=(*PLACE, f"{FOLDER}.manifest"),
            message=(
                f"{FOLDER}\\i386\\mpio.sys is not in the package; it lies at mpio.sys"
            ),
            line=12,
        )
    ]


def test_another_file_of_the_name_is_not_it() -> None:
    other = member("mpio.sys", b"other")
    (hit,) = check(package_set(DRIVER, payload=(other,)))
    assert hit.message.endswith(" is not in the package")
