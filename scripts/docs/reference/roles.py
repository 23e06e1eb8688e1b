"""The page of roles: which role may call what, from the table that the server decides by."""

from __future__ import annotations

from modeldex_server.security.roles import REQUIRED, Role, granted
from reference.contract import Contract
from reference.markdown import GENERATED, code, table
from reference.messages import page_name

_INTRODUCTION = """# Roles

Which role may call which RPC. A caller has one role or several; some roles include others. How to give them:
[Tokens and roles](../how-to/roles.md). The health service needs no role and no token.
"""


def page(contract: Contract) -> str:
    """The page."""
    held = [[role for role in Role if role in granted([each])] for each in Role]
    included = table(
        ("role", "includes"),
        (
            (code(role), ", ".join(code(one) for one in roles if one is not role))
            for role, roles in zip(Role, held, strict=True)
        ),
    )
    pages = {service.path: page_name(service) for service in contract.services}
    columns = [role for role in Role if any(needed in granted([role]) for needed in REQUIRED.values())]
    rows = [
        (_link(path, pages), code(needed), *("yes" if needed in granted([role]) else "" for role in columns))
        for path, needed in REQUIRED.items()
    ]
    calls = table(("RPC", "needs", *(code(role) for role in columns)), rows)
    return "\n".join((GENERATED, _INTRODUCTION, included, "## RPCs\n", calls))


def _link(path: str, pages: dict[str, str]) -> str:
    service, _, method = path.rpartition("/")
    return f"[`{method}`]({pages[service]}#{method})" if service in pages else code(path)
