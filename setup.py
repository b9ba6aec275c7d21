"""Compile what has C types; everything else about the package is in pyproject.toml.

Every module of the builder with a `.pxd` of the same name is compiled by Cython
and built where there is a C compiler.  Without one, or with HOTFIX_PURE=1, the
same modules run as they stand: slower, with the same results.

Nothing is ever compiled into the checkout, where it would hide a newer source
without a word: an editable install runs the sources, `python -m build
--wheel` leaves the compiled modules under build/, and the tests find them there.
"""

import os
from importlib.util import find_spec
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

DIRECTIVES = {
    "language_level": 3,
    # Input is hostile: an index out of range is an error in both forms.
    "boundscheck": True,
    # A negative index counts from the end in both forms, not only in one.
    "wraparound": True,
    # C types are in the .pxd; an `int` in the source stays a Python integer.
    "annotation_typing": False,
}


def extensions() -> list[Extension]:
    """Name the modules that are to be compiled here."""
    pure = os.environ.get("HOTFIX_PURE", "") not in ("", "0")
    if pure or find_spec("Cython") is None:
        return []
    return [
        Extension(
            ".".join(types.with_suffix("").parts),
            [types.with_suffix(".py").as_posix()],
            optional=True,
        )
        for types in sorted(Path("builder").rglob("*.pxd"))
    ]


class BuildOutside(build_ext):
    """Builds into wheels and under build/, never beside the sources."""

    def run(self) -> None:
        if self.inplace or self.editable_mode or not self.extensions:
            return
        from Cython.Build import cythonize  # noqa: PLC0415  only when it is needed

        translated = cythonize(
            [Extension(module.name, module.sources) for module in self.extensions],
            build_dir="build/cython",
            compiler_directives=DIRECTIVES,
        )
        for module, to_c in zip(self.extensions, translated, strict=True):
            module.sources = to_c.sources
        super().run()
        self.keep_all_or_none()

    def keep_all_or_none(self) -> None:
        """Fall back to the sources together: compiled modules know each other."""
        built = [Path(self.get_ext_fullpath(it.name)) for it in self.extensions]
        if not all(path.is_file() for path in built):
            for path in built:
                path.unlink(missing_ok=True)

    def get_source_files(self) -> list[str]:
        """Add nothing to a source distribution: the .py and .pxd are there."""
        return []

    def get_outputs(self) -> list[str]:
        return [] if self.inplace or self.editable_mode else super().get_outputs()

    def get_output_mapping(self) -> dict[str, str]:
        if self.inplace or self.editable_mode:
            return {}
        return super().get_output_mapping()


setup(ext_modules=extensions(), cmdclass={"build_ext": BuildOutside})
