from builder.model.identity import AssemblyIdentity
from builder.model.sharing import forget, shared, shared_identity


def row() -> tuple[str | None, ...]:
    return (str(b"name", "ascii"), "1.0.0.0", "x86", None, None, None, None, "release")


def test_equal_rows_have_one_identity_between_them() -> None:
    one = shared_identity(row())
    assert one == AssemblyIdentity(
        name="name", version="1.0.0.0", architecture="x86", build_type="release"
    )
    assert one.line is None
    assert shared_identity(row()) is one
    forget()
    assert shared_identity(row()) is not one


def test_equal_rows_have_one_copy_of_their_texts() -> None:
    first, second = row(), row()
    assert first[0] is not second[0]
    assert shared(first)[0] is shared(second)[0]
    forget()


def test_no_more_is_remembered_than_a_bound() -> None:
    one = shared_identity(row())
    for number in range(1 << 14):
        shared_identity((str(number), None, None, None, None, None, None, None))
    assert shared_identity(row()) is not one
    forget()
