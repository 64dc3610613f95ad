"""Prints what Python's own libraries say of single metadata values, as one JSON object: rule -> [value, verdict]."""

import json
from email.utils import _AddressList
from importlib.metadata import version

import email_validator
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.metadata import InvalidMetadata, Metadata
from packaging.requirements import InvalidRequirement, Requirement
from rfc3986 import exceptions, uri_reference, validators

from metadata_values import ADDRESSES, EMAILS, EXPRESSIONS, IMPORT_NAMES, LICENSE_FILES, REQUIREMENTS, URLS


def requirement(value):
    try:
        return str(Requirement(value))
    except InvalidRequirement:
        return None


def expression(value):
    try:
        return canonicalize_license_expression(value)
    except InvalidLicenseExpression:
        return None


def email(value):
    try:
        email_validator.validate_email(value, check_deliverability=False)
    except email_validator.EmailNotValidError as error:
        return str(error)


def address(value):
    """As ``email.utils.parseaddr`` of Python 3.13, which this may be older than: one address, or none."""
    found = [each for _, each in _AddressList(value).addresslist]
    return found[0] if len(found) == 1 and "[" not in found[0] else ""


def is_url(value):
    validator = validators.Validator().allow_schemes("http", "https").require_presence_of("scheme")
    validator.check_validity_of("scheme", "host", "port", "path", "query")
    try:
        validator.validate(uri_reference(value).normalize())
    except exceptions.ValidationError:
        return False
    return True


def problem(field):
    def of(value):
        raw = {"metadata_version": "2.5", "name": "x", "version": "1", field: [value]}
        try:
            getattr(Metadata.from_raw(raw, validate=False), field)
        except InvalidMetadata as error:
            return str(error)

    return of


rules = {
    "requirements": (REQUIREMENTS, requirement),
    "expressions": (EXPRESSIONS, expression),
    "emails": (EMAILS, email),
    "addresses": (ADDRESSES, address),
    "urls": (URLS, is_url),
    "licenseFiles": (LICENSE_FILES, problem("license_files")),
    "importNames": (IMPORT_NAMES, problem("import_names")),
}
sources = ("packaging", "email-validator", "rfc3986")
print(
    json.dumps(
        {
            "source": ", ".join(f"{name} {version(name)}" for name in sources),
            **{rule: [[value, verdict(value)] for value in values] for rule, (values, verdict) in rules.items()},
        }
    )
)
