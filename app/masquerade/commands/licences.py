"""Lists the licences of the packages that Masquerade runs on: `masquerade doctor --licences`."""

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution

_NAME = re.compile(r"[\w.-]+")


def print_licences() -> int:
    """Print name, version and licence of every package that is needed, extras left out; return the exit code."""
    for each in _needed("masquerade", {}).values():
        print(f"{each.name:<26} {each.version:<12} {_licence(each)}")
    return 0


def _needed(name: str, known: dict[str, Distribution]) -> dict[str, Distribution]:
    """Add a package and what it needs to `known`; one that is not installed is for another system."""
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key in known:
        return known
    try:
        known[key] = distribution(name)
    except PackageNotFoundError:
        return known
    for requirement in known[key].requires or ():
        found = _NAME.match(requirement)
        if found and "extra ==" not in requirement:
            _needed(found[0], known)
    return known


def _licence(package: Distribution) -> str:
    """Return the SPDX expression, else the classifiers, else the first line of what the package says."""
    about = package.metadata.json
    expression = str(about.get("license_expression", ""))
    classifiers = [each.rpartition(" :: ")[2] for each in about.get("classifier", ()) if "License ::" in each]
    text = str(about.get("license", "")).strip().partition("\n")[0]
    return expression or ", ".join(classifiers) or text or "not stated"
