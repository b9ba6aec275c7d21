"""A recipe that uses every name, and its parts to change."""

import json
from copy import deepcopy
from typing import Any

FILE = {"name": "example.dll", "destination": "$(runtime.system32)\\"}
VALUE = {"name": "Level", "type": "REG_DWORD", "value": "0x0000000a"}
SERVICE = {
    "name": "ExampleService",
    "display_name": "Example Service",
    "image_path": "%SystemRoot%\\system32\\example.exe",
    "start": "demand",
    "type": "win32OwnProcess",
    "triggers": [
        {
            "action": "start",
            "subtype": "{57164F39-9115-4E78-AB55-382F3BD5422D}",
            "type": "DeviceInterfaceArrival",
        }
    ],
}
COMPONENT = {
    "name": "Example-Widget",
    "version": "6.1.7601.21680",
    "wow64": True,
    "levels": ["SP1"],
    "files": [
        FILE,
        {
            "name": "drivers\\example.sys",
            "destination": "$(runtime.drivers)\\",
            "source": "example.sys",
            "source_path": ".\\",
            "import_path": "$(build.nttree)\\",
            "security_descriptor": "Example_SDDL",
            "is_signature_described": True,
        },
    ],
    "registry_keys": [
        {
            "name": "HKEY_LOCAL_MACHINE\\SOFTWARE\\Example",
            "security_descriptor": "Example_SDDL",
            "values": [
                {"name": "", "type": "REG_SZ", "value": "text"},
                VALUE,
                {"name": "Path", "type": "REG_EXPAND_SZ", "value": "%SystemRoot%\\x"},
                {"name": "Blob", "type": "REG_BINARY", "value": "0a0B"},
                {"name": "List", "type": "REG_MULTI_SZ", "value": '"one","two"'},
                {"name": "Large", "type": "REG_QWORD", "value": "0x100000000"},
                {"name": "None", "type": "REG_NONE", "value": ""},
                {"name": "Link", "type": "REG_LINK", "value": "\\Registry\\Machine"},
                {"name": "Big", "type": "REG_DWORD_BIG_ENDIAN", "value": "10"},
                {"name": "R1", "type": "REG_RESOURCE_LIST", "value": "0a"},
                {"name": "R2", "type": "REG_FULL_RESOURCE_DESCRIPTOR", "value": ""},
                {"name": "R3", "type": "REG_RESOURCE_REQUIREMENTS_LIST", "value": "0B"},
            ],
        },
        {"name": "HKEY_CLASSES_ROOT\\.example", "owner": None},
    ],
    "directories": [
        {
            "path": "$(runtime.programData)\\Example\\",
            "security_descriptor": "Example_SDDL",
        }
    ],
    "security_descriptors": [
        {"name": "Example_SDDL", "sddl": "D:P(A;;FA;;;SY)", "description": "Ours"}
    ],
    "services": [SERVICE],
    "memberships": [
        {
            "name": "Microsoft.Windows.Categories",
            "version": "1.0.0.0",
            "public_key_token": "365143bb27e7ac8b",
            "type_name": "SvcHost",
            "instances": [{"service_name": "ExampleService", "group": "netsvcs"}],
        }
    ],
    "dependencies": [{"identity": {"name": "Example-Base", "version": "6.1.0.0"}}],
    "string_tables": [{"culture": "en-US", "strings": {"displayName0": "Example"}}],
    "resources": [
        {
            "language": "en-US",
            "files": [
                {
                    "name": "example.dll.mui",
                    "destination": "$(runtime.system32)\\en-US\\",
                }
            ],
        }
    ],
    "fragments": [['<mof name="example.mof" />']],
}
DRIVER = {
    "name": "example.inf",
    "version": "6.1.7601.21680",
    "architectures": ["x86"],
    "branch": "LDR",
    "folder": "ldr",
    "inf": "example.inf",
    "files": [{"name": "example.inf"}, {"name": "example.sys"}],
}
RECIPE = {
    "$schema": "../../schemas/recipe.schema.json",
    "$comment": "Every name, once.",
    "era": "6.1",
    "architectures": ["x86", "x64"],
    "time": "2020-01-02T03:04:05Z",
    "package_version": "6.1.1.0",
    "release_type": "Update",
    "restart": "required",
    "components": [COMPONENT, DRIVER],
    "levels": [
        {
            "name": "SP1",
            "parents": [
                {
                    "identities": [{"version": "6.1.7601.17514", "name": "Example"}],
                    "attributes": {"disposition": "staged", "build_compare": None},
                }
            ],
        },
        {"name": "SP1_1", "within": "SP1"},
    ],
}
PACKAGES = [
    {
        "name": "Package_1_for_KB{kb}",
        "time": "2020-01-02T03:04:05Z",
        "parents": [{"identities": [{"name": "Example-Package"}]}],
        "updates": [
            {
                "name": "{kb}-1_neutral_LDR",
                "applicable": [
                    {
                        "target": "updateDriver",
                        "elevate": "distribution",
                        "identities": [{"name": "example.inf", "type": "driverUpdate"}],
                    }
                ],
                "references": [
                    {
                        "kind": "driver",
                        "identity": {"name": "example.inf", "type": "driverUpdate"},
                        "attributes": {"inf": "example.inf", "ranking": "normal"},
                        "extended": {"deviceInstallRequired": "true"},
                    }
                ],
            }
        ],
    },
    {
        "name": "Package_for_KB{kb}",
        "file": "update.mum",
        "style": "tabs",
        "installer": None,
        "attributes": {"company": None},
        "identity": {"build_type": "release"},
        "custom": {"Dependency": "Language Pack"},
        "extended": {"packageSize": "1"},
        "updates": [
            {
                "name": "{kb}-2_neutral_PACKAGE",
                "attributes": {"restart": "possible"},
                "references": [
                    {"kind": "package", "identity": {"name": "Package_1_for_KB{kb}"}}
                ],
            }
        ],
    },
]


def without(value: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return an object without some of its names."""
    return {name: child for name, child in value.items() if name not in names}


WRITTEN = without(RECIPE, "levels") | {
    "components": [without(COMPONENT, "levels"), DRIVER],
    "packages": PACKAGES,
}
"""The recipe with its packages written out."""


def changed(recipe: dict[str, Any], *path: str | int, to: object) -> bytes:
    """Return a recipe's bytes, indented by two, with one value changed."""
    value = deepcopy(recipe)
    here: Any = value
    for part in path[:-1]:
        here = here[part]
    if isinstance(here, list) and path[-1] == len(here):
        here.append(to)
    else:
        here[path[-1]] = to
    return json.dumps(value, indent=2).encode()


def text(recipe: dict[str, Any]) -> bytes:
    """Return a recipe's bytes, indented by two."""
    return json.dumps(recipe, indent=2).encode()
