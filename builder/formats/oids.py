"""Object identifiers that catalogs, signatures and certificates use.

Source: RFC 5652, RFC 5280, RFC 3279, RFC 5754, RFC 3161; those below
1.3.6.1.4.1.311 are Microsoft's, named after the public header wincrypt.h and
wintrust.h where these name them.
"""

# PKCS #7 / CMS
DATA = "1.2.840.113549.1.7.1"
SIGNED_DATA = "1.2.840.113549.1.7.2"
CONTENT_TYPE = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"
COUNTERSIGNATURE = "1.2.840.113549.1.9.6"

# Time stamps
TIMESTAMP_INFO = "1.2.840.113549.1.9.16.1.4"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12"
SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"

# Authenticode
STATEMENT_TYPE = "1.3.6.1.4.1.311.2.1.11"
OPUS_INFO = "1.3.6.1.4.1.311.2.1.12"
INDIVIDUAL_CODE_SIGNING = "1.3.6.1.4.1.311.2.1.21"
NESTED_SIGNATURE = "1.3.6.1.4.1.311.2.4.1"
RFC3161_TOKEN = "1.3.6.1.4.1.311.3.3.1"  # noqa: S105  (a name, not a password)

# Certificate trust lists used as catalogs
TRUST_LIST = "1.3.6.1.4.1.311.10.1"
CATALOG_LIST = "1.3.6.1.4.1.311.12.1.1"
LIST_MEMBER_V1 = "1.3.6.1.4.1.311.12.1.2"
LIST_MEMBER_V2 = "1.3.6.1.4.1.311.12.1.3"
NAME_VALUE = "1.3.6.1.4.1.311.12.2.1"
MEMBER_INFO = "1.3.6.1.4.1.311.12.2.2"
MEMBER_KIND_V2 = "1.3.6.1.4.1.311.12.2.3"
INDIRECT_DATA = "1.3.6.1.4.1.311.2.1.4"
PE_IMAGE = "1.3.6.1.4.1.311.2.1.15"
FLAT_FILE = "1.3.6.1.4.1.311.2.1.25"
CABINET_LINK = "1.3.6.1.4.1.311.2.1.28"
PAGE_HASHES_V1 = "1.3.6.1.4.1.311.2.3.1"
PAGE_HASHES_V2 = "1.3.6.1.4.1.311.2.3.2"

# Extended key usages
CODE_SIGNING = "1.3.6.1.5.5.7.3.3"
TIME_STAMPING = "1.3.6.1.5.5.7.3.8"
ANY_USAGE = "2.5.29.37.0"
WINDOWS_COMPONENT = "1.3.6.1.4.1.311.10.3.6"
WHQL = "1.3.6.1.4.1.311.10.3.5"
LIFETIME_SIGNING = "1.3.6.1.4.1.311.10.3.13"

# Certificate extensions
KEY_IDENTIFIER = "2.5.29.14"
KEY_USAGE = "2.5.29.15"
ALTERNATIVE_NAME = "2.5.29.17"
BASIC_CONSTRAINTS = "2.5.29.19"
NAME_CONSTRAINTS = "2.5.29.30"
REVOCATION_POINTS = "2.5.29.31"
POLICIES = "2.5.29.32"
POLICY_MAPPINGS = "2.5.29.33"
ISSUER_KEY_IDENTIFIER = "2.5.29.35"
POLICY_CONSTRAINTS = "2.5.29.36"
EXTENDED_KEY_USAGE = "2.5.29.37"
INHIBIT_ANY_POLICY = "2.5.29.54"

# Keys and signatures
RSA = "1.2.840.113549.1.1.1"
RSA_PSS = "1.2.840.113549.1.1.10"
EC = "1.2.840.10045.2.1"

DIGESTS = {
    "1.2.840.113549.2.2": "md2",
    "1.2.840.113549.2.5": "md5",
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
DIGEST_OIDS = {name: oid for oid, name in DIGESTS.items()}

# Signature algorithms that name their digest: key type and digest.
SIGNATURES = {
    "1.2.840.113549.1.1.2": ("rsa", "md2"),
    "1.2.840.113549.1.1.4": ("rsa", "md5"),
    "1.2.840.113549.1.1.5": ("rsa", "sha1"),
    "1.3.14.3.2.29": ("rsa", "sha1"),
    "1.2.840.113549.1.1.11": ("rsa", "sha256"),
    "1.2.840.113549.1.1.12": ("rsa", "sha384"),
    "1.2.840.113549.1.1.13": ("rsa", "sha512"),
    "1.2.840.10045.4.1": ("ec", "sha1"),
    "1.2.840.10045.4.3.2": ("ec", "sha256"),
    "1.2.840.10045.4.3.3": ("ec", "sha384"),
    "1.2.840.10045.4.3.4": ("ec", "sha512"),
}
