"""What an article cannot say about its package."""

from dataclasses import dataclass

from builder.model.version import FileVersion

_ERA_6_0 = FileVersion(6, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The choices of a package's maker; the defaults are those of era 6.0.

    In `description` and `support_information` the text "{kb}" stands for the
    number of the article.

    Attributes:
        public_key_token: 16 hexadecimal digits, in lower case.
        release_type: As packages write it, such as "Security Update".
        installer_version: Of the servicing stack that installs the package.
        package_version: None: the names in the article say it.

    Source of the defaults: observed in the .mum files of KB2999226.
    """

    company: str = "Microsoft Corporation"
    copyright: str = "Microsoft Corporation"
    public_key_token: str = "31bf3856ad364e35"  # noqa: S105 - public by its name
    release_type: str = "Hotfix"
    display_name: str = "default"
    description: str = "Fix for KB{kb}"
    support_information: str = "http://support.microsoft.com/?kbid={kb}"
    installer_version: FileVersion = _ERA_6_0
    package_version: FileVersion | None = None

    def description_of(self, number: int) -> str:
        """Return the description of the packages of one article."""
        return self.description.replace("{kb}", str(number))

    def support_information_of(self, number: int) -> str:
        """Return the support address of the packages of one article."""
        return self.support_information.replace("{kb}", str(number))
