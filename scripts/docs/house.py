"""The house as one picture: its rooms in their layers, and who imports whom, read from the imports themselves."""

from __future__ import annotations

import textwrap
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

import grimp

_ROOT = Path(__file__).parents[2]
_SERVER, _CLIENT, _MESSAGES = "modeldex_server", "modeldex_client", "modeldex"
_TOP = ("__main__", "cli", "app")  # they know everything below, so their lines run apart, on the left
_LEFT, _WIDTH, _GAP = 250, 460, 34
_HEADER, _LINE, _PADDING = 22, 14, 10
_LANE, _FIRST_LANE, _CORNER = 13, 18, 6
_LETTERS = 72  # of the smaller text, in a box of full width
_STYLE = """<style>
svg{color:#222;font-family:system-ui,sans-serif}
.box{fill:none;stroke:currentColor;stroke-opacity:.55}.line{fill:none;stroke:currentColor;stroke-opacity:.45}
.name{font-weight:600}.small{opacity:.75}text{fill:currentColor}
@media (prefers-color-scheme:dark){svg{color:#ddd}}
</style>"""


@dataclass(frozen=True)
class Room:
    """A box: a package or a module of the server, or the client."""

    name: str
    x: float
    y: float
    width: float
    lines: tuple[str, ...]

    @property
    def height(self) -> float:
        return _HEADER + _LINE * len(self.lines) + _PADDING

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True)
class Route:
    """A line from a room to one that it imports."""

    importer: Room
    imported: Room
    left: bool


@cache
def house() -> str:
    """The picture, as SVG."""
    imports = _imports()
    rooms = _place(_layers(), _modules())
    routes = list(_routes(rooms, imports))
    bottom = max(room.y + room.height for room in rooms.values())
    drawn = _lines(routes)
    parts = [_room(room, drawn[room.name]) for room in rooms.values()]
    left, right = (_FIRST_LANE + _LANE * _lane_count(routes, left=side) for side in (True, False))
    view = f"{_LEFT - left} 0 {left + _WIDTH + right} {bottom + 64:g}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" font-size="14">{_STYLE}'
        '<defs><marker id="into" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="currentColor"/></marker></defs>'
        f"{''.join(parts)}{_anywhere(bottom + 24)}</svg>"
    )


def _layers() -> list[list[str]]:
    """The layers that import-linter holds, from the top, with the client beside the command."""
    table = tomllib.loads((_ROOT / "pyproject.toml").read_text())
    contracts = table["tool"]["importlinter"]["contracts"]
    (layers,) = (one["layers"] for one in contracts if one.get("containers") == [_SERVER])
    found = [[name.strip() for name in layer.split("|")] for layer in layers]
    return [[*names, _CLIENT] if "cli" in names else names for names in found if names != ["__main__"]]


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph(_SERVER, _CLIENT, _MESSAGES, cache_dir=None)


def _room_of(module: str) -> str:
    first, _, rest = module.partition(".")
    return rest.partition(".")[0] if first == _SERVER else first


def _imports() -> dict[str, dict[str, int]]:
    """Room -> room that it imports -> how many imports there are."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for module in _graph().modules:
        for imported in _graph().find_modules_directly_imported_by(module):
            here, there = _room_of(module), _room_of(imported)
            if here != there:
                counts[here][there] += 1
    return counts


def _modules() -> dict[str, list[str]]:
    """Room -> the files in it that have a name of their own."""
    found: dict[str, list[str]] = defaultdict(list)
    for module in sorted(_graph().modules):
        parts = module.split(".")
        inner = parts[2:] if parts[0] == _SERVER else parts[1:]
        if len(inner) == 1 and not inner[0].startswith("_"):
            found[_room_of(module)].append(inner[0])
    return found


def _place(layers: Sequence[Sequence[str]], modules: dict[str, list[str]]) -> dict[str, Room]:
    rooms: dict[str, Room] = {}
    y = 10.0
    for layer in layers:
        width = (_WIDTH - _GAP * (len(layer) - 1)) / len(layer)
        row = [
            Room(
                name,
                _LEFT + column * (width + _GAP),
                y,
                width,
                tuple(textwrap.wrap(", ".join(modules.get(name, ())), _LETTERS // len(layer))),
            )
            for column, name in enumerate(layer)
        ]
        rooms |= {room.name: room for room in row}
        y += max(room.height for room in row) + _GAP
    return rooms


def _routes(rooms: dict[str, Room], imports: dict[str, dict[str, int]]) -> Iterator[Route]:
    for name, room in rooms.items():
        for other in imports.get(name, ()):
            if other in rooms:
                yield Route(room, rooms[other], left=_runs_left(room, rooms[other]))


def _runs_left(importer: Room, imported: Room) -> bool:
    """Beside one of two boxes a line runs on its side; otherwise on the left if it comes from what knows everything."""
    halves = [one for one in (imported, importer) if one.width < _WIDTH]
    return halves[0].x == _LEFT if halves else importer.name in _TOP


def _lines(routes: Sequence[Route]) -> dict[str, list[str]]:
    """The lines of each room, as paths."""
    drawn: dict[str, list[str]] = defaultdict(list)
    for route in routes:
        if _beside(route) or _next(route):
            drawn[route.importer.name].append(_straight(route))
    for left in (True, False):
        bent = _of_side(routes, left=left)
        lanes = _lanes(bent)
        for route in bent:
            drawn[route.importer.name].append(_bent(route, lanes[route], bent))
    return drawn


def _of_side(routes: Sequence[Route], *, left: bool) -> list[Route]:
    """The lines that run around boxes, on one side."""
    return [one for one in routes if one.left is left and not (_beside(one) or _next(one))]


def _lane_count(routes: Sequence[Route], *, left: bool) -> int:
    return max(_lanes(_of_side(routes, left=left)).values(), default=0) + 1


def _beside(route: Route) -> bool:
    return route.importer.y == route.imported.y


def _next(route: Route) -> bool:
    """Whether the one room stands right above the other."""
    return 0 < route.imported.y - route.importer.y - route.importer.height <= _GAP + 3 * _LINE


def _straight(route: Route) -> str:
    a, b = route.importer, route.imported
    if _beside(route):
        y = a.y + min(a.height, b.height) / 2
        return f"M{a.x + a.width:g} {y:g}H{b.x - 2:g}"
    x = b.middle if b.width < a.width else a.middle
    return f"M{x:g} {a.y + a.height:g}V{b.y - 2:g}"


def _lanes(routes: Sequence[Route]) -> dict[Route, int]:
    """Short lines run inside, long ones outside, and no two that pass the same height on one lane."""
    taken: list[list[tuple[float, float]]] = []
    lanes: dict[Route, int] = {}
    for route in sorted(routes, key=lambda one: one.imported.y - one.importer.y):
        top, bottom = route.importer.y, route.imported.y + route.imported.height
        lane = next(
            (number for number, spans in enumerate(taken) if all(bottom < a or b < top for a, b in spans)), len(taken)
        )
        if lane == len(taken):
            taken.append([])
        taken[lane].append((top, bottom))
        lanes[route] = lane
    return lanes


def _bent(route: Route, lane: int, routes: Sequence[Route]) -> str:
    a, b = route.importer, route.imported
    start, end = _port(route, routes, leaving=True), _port(route, routes, leaving=False)
    out = _FIRST_LANE + lane * _LANE
    if route.left:
        x, turn, here, there = _LEFT - out, _CORNER, a.x, b.x - 2
    else:
        x, turn, here, there = _LEFT + _WIDTH + out, -_CORNER, a.x + a.width, b.x + b.width + 2
    return (
        f"M{here:g} {start:g}H{x + turn:g}Q{x:g} {start:g} {x:g} {start + _CORNER:g}"
        f"V{end - _CORNER:g}Q{x:g} {end:g} {x + turn:g} {end:g}H{there:g}"
    )


def _port(route: Route, routes: Sequence[Route], *, leaving: bool) -> float:
    """Where on the side of a box a line leaves or arrives: lines leave from its lower, arrive on its upper half."""
    room = route.importer if leaving else route.imported
    same = [one for one in routes if (one.importer if leaving else one.imported) is room]
    # The longest leave highest and arrive lowest, so that lines of one box do not cross there.
    same.sort(key=lambda one: one.imported.y - one.importer.y, reverse=leaving)
    place = (same.index(route) + 1) / (len(same) + 1)
    return room.y + room.height * (0.5 + place / 2 if leaving else place / 2)


def _room(room: Room, lines: Sequence[str]) -> str:
    words = "".join(
        f'<text class="small" x="{room.middle:g}" y="{room.y + _HEADER + _LINE * (number + 0.9):g}" font-size="11.5" '
        f'text-anchor="middle">{escape(line)}</text>'
        for number, line in enumerate(room.lines)
    )
    paths = "".join(f'<path class="line" d="{line}" marker-end="url(#into)"/>' for line in lines)
    return (
        f'<g class="room"><title>{escape(room.name)}</title>'
        f'<rect class="box" x="{room.x:g}" y="{room.y:g}" width="{room.width:g}" height="{room.height:g}" rx="6"/>'
        f'<text class="name" x="{room.middle:g}" y="{room.y + 20:g}" text-anchor="middle">{escape(room.name)}</text>'
        f"{words}{paths}</g>"
    )


def _anywhere(y: float) -> str:
    """What stands under everything and needs no lines."""
    return (
        f'<rect class="box" x="{_LEFT}" y="{y:g}" width="{_WIDTH}" height="34" rx="6" stroke-dasharray="4 3"/>'
        f'<text class="small" x="{_LEFT + _WIDTH / 2:g}" y="{y + 21:g}" text-anchor="middle" font-size="12">'
        "used anywhere: settings, metrics, log, modeldex (generated messages)</text>"
    )
