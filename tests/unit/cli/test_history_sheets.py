"""The history as people read it: a timeline, diffs, changes, rollbacks, figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf.json_format import ParseDict
from rich.cells import cell_len

from modeldex.v1.history_pb2 import ModelChange, ModelDiff
from modeldex.v1.history_service_pb2 import CleanupHistoryResponse, GetVersionStatsResponse
from modeldex_server.cli.history import change_sheet, diff_sheet, figures, purge, rollback_sheet, timeline
from modeldex_server.cli.history.options import Counted, past
from modeldex_server.cli.problems import UsageFailure
from modeldex_server.cli.terminal.tables import draw
from unit.cli.versioned import DIFF, change, diff, rollback, version

NOW = datetime(2026, 11, 22, 12, 1, tzinfo=UTC)
UNITS = {"input": "USD per million tokens"}
WINDOW = {"path": "context_window", "facts": [{"path": "context_window", "newValue": 8000}], "version": "11"}
VERSIONS = [
    version(12, "UNPIN", principal="history", reason="The pin expired."),
    version(11, "PIN", pins=[WINDOW | {"expireTime": "2026-11-29T12:00:00Z"}], reason="as \u001b tested"),
    version(10, "ROLLBACK", change('prices["input"].amount', "3", "2.5"), restoredVersion="8"),
    version(9, "UPDATE", *(change(f'metadata["{n:02}"]', 1, 2) for n in range(20)), sourceId="models_dev"),
    version(8, "DELETE"),
    version(1, "CREATE", purgeTime="2026-11-22T13:00:00Z"),
]


def test_a_timeline_tells_what_when_who_and_why() -> None:
    """A block a version, the newest first; pins where they begin and where they end; what was purged."""
    told = list(timeline.lines(VERSIONS, None, colour=False))
    assert told[:8] == [
        "12  2026-11-22 12:12 UTC  unpinned by history",
        "    The pin expired.",
        "    no longer pinned: context window 8,000",
        "11  2026-11-22 12:11 UTC  pinned by dana",
        "    as <U+001B> tested",
        "    pinned: context window 8,000, until 2026-11-29 12:00 UTC",
        "10  2026-11-22 12:10 UTC  rolled back to version 8 by dana",
        "    price of input 3 -> 2.5 USD per million tokens",
    ]
    assert told[8] == " 9  2026-11-22 12:09 UTC  changed by dana from models_dev"
    assert told[9] == "    metadata 00 1 -> 2"
    assert told[21] == "    and 8 more: modeldex diff acme/one 8 9"
    assert told[22:] == [
        " 8  2026-11-22 12:08 UTC  deleted by dana",
        " 1  2026-11-22 12:01 UTC  created by dana",
        "    document purged on 2026-11-22",
    ]


def test_a_timeline_with_gaps_tells_of_no_end_that_was_elsewhere() -> None:
    """Of a pin that ended in a version that was not asked for nothing is said in another."""
    told = "\n".join(timeline.lines([version(13, "PIN"), *VERSIONS[1:]], None, colour=False))
    assert "no longer pinned" not in told


@pytest.mark.parametrize("width", [40, 80, 200])
def test_what_is_below_a_version_fits(width: int) -> None:
    """Long reasons and changes are folded; the line of a version itself is short."""
    versions = [version(1, "UPDATE", change("description", "a " * 40, "b " * 40), reason="why " * 50)]
    head, *below = timeline.lines(versions, width, colour=False)
    assert head.startswith("1  2026-11-22")
    assert len(below) >= 2
    assert all(cell_len(line) <= width for line in below)


def test_a_diff_shows_what_breaks_first() -> None:
    head, titles, *rows = diff_sheet.lines(diff(), UNITS, None, colour=False)
    assert head == "acme/one  version 3 -> 4: 1 breaking, 1 compatible, 1 cosmetic changes, impact high"
    assert titles.split() == ["class", "what", "before", "after", "impact", "rule"]
    assert [" ".join(row.split()) for row in rows] == [
        "breaking price of input 2.5 3 USD per million tokens high price-raised",
        "compatible context window 128,000 200,000 low other",
        "cosmetic tag fast yes no low words",
    ]


def test_a_diff_is_coloured_on_a_terminal_only() -> None:
    """Red is what breaks; in a pipe there is no code of a colour."""
    coloured, plain = (list(diff_sheet.lines(diff(), UNITS, 80, colour=colour)) for colour in (True, False))
    assert "\x1b[31mbreaking\x1b[0m" in coloured[2]
    assert not any("\x1b" in line for line in plain)


def test_a_diff_without_a_difference_says_so() -> None:
    equal = ModelDiff(model_id="acme/one", from_version=3, to_version=3)
    assert list(diff_sheet.lines(equal, {}, None, colour=False)) == ["acme/one  version 3 -> 3: nothing differs"]


def test_a_removed_model_is_the_first_entry() -> None:
    removed = {
        "change": {"path": "", "operation": "FIELD_CHANGE_OPERATION_REMOVED"},
        "changeClass": "CHANGE_CLASS_BREAKING",
        "ruleId": "model-removed",
        "impact": "CHANGE_IMPACT_CRITICAL",
    }
    found: ModelDiff = ParseDict(DIFF | {"entries": [*DIFF["entries"], removed]}, ModelDiff())  # type: ignore[misc,dict-item] # JSON
    row = list(diff_sheet.lines(found, {}, None, colour=False))[2]
    assert " ".join(row.split()) == "breaking the whole model removed critical model-removed"


def test_changes_are_a_row_a_version() -> None:
    """With the worst class, what breaks first, and no more than four of many."""
    made = {
        "modelId": "acme/one", "version": "4", "time": "2026-11-22T12:00:00Z", "principal": "discovery",
        "sourceId": "models_dev", "operation": "MODEL_VERSION_OPERATION_UPDATE", "impact": "CHANGE_IMPACT_HIGH",
        "entries": DIFF["entries"],
    }  # fmt: skip
    changed: ModelChange = ParseDict(made, ModelChange())
    row = list(draw(change_sheet.sheet().columns, [changed], None, colour=False))[1]
    assert " ".join(row.split()) == (
        "2026-11-22 12:00 acme/one 4 update breaking high discovery from models_dev "
        "price of input 2.5 -> 3; context window 128,000 -> 200,000; tag fast removed"
    )
    changed.entries.extend(changed.entries[:2])
    assert "; and 1 more" in list(draw(change_sheet.sheet().columns, [changed], None, colour=False))[1]
    fields = {name: read(changed) for name, read in change_sheet.sheet().fields.items()}
    assert (fields["class"], fields["impact"]) == ("breaking", "high")


def test_a_rollback_tells_where_it_stands() -> None:
    told = "\n".join(rollback_sheet.lines(rollback("PENDING"), NOW, None, colour=False))
    for part in (
        "puts back  version 3, in the place of version 4",
        "requested  1 h ago by dana",
        "approval   1 of 2",
        "decided    approved 1 min ago by erin: seen",
        "expires    in 3 d",
        "pins for   7 d",
        "diff hash  aa",
    ):
        assert part in told
    assert "finished" not in told
    broken = rollback("EXECUTED", breakGlass=True, requiredApprovals=0, decisions=[], executedVersion="5")
    told = "\n".join(rollback_sheet.lines(broken, NOW, None, colour=False))
    assert "approval   none: the glass was broken" in told
    assert "made       version 5" in told
    assert "expires" not in told


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("PENDING", "acme/one to version 3: 1 breaking, 1 compatible, 1 cosmetic changes, impact high. It waits for "
                    "1 approval: modeldex rollback approve rb_1"),
        ("EXECUTED", "Rolled back: acme/one is as version 3 says again, in version 5."),
        ("REJECTED", "Rejected: rb_1; acme/one stays as it is."),
        ("STALE", "Stale: rb_1; acme/one stays as it is."),
    ],
)  # fmt: skip
def test_a_step_of_a_rollback_says_what_came_of_it(state: str, said: str) -> None:
    assert rollback_sheet.told(rollback(state, executedVersion="5")) == said


def test_the_history_in_figures() -> None:
    assert "".join(figures.lines(GetVersionStatsResponse(), None, colour=False)).startswith("versions      0")
    answer = GetVersionStatsResponse(
        total_versions=1200, purged_versions=7, versions_by_operation={"MODEL_VERSION_OPERATION_UPDATE": 1100},
        versions_by_model={"acme/one": 3, "acme/two": 9}, average_versions_per_model=1.25, rollback_count=2,
        rollbacks_by_state={"ROLLBACK_STATE_EXECUTED": 2}, recent_versions=12, pinned_models=1,
        version_frequency={"2026-11-21": 4, "2026-11-22": 8},
    )  # fmt: skip
    assert list(figures.lines(answer, None, colour=False)) == [
        "versions      1,200, of 7 only number and hash are kept",
        "by operation  update 1,100",
        "a model       1.2 on average",
        "most          acme/two 9, acme/one 3",
        "last 30 days  12 versions",
        "by day        2026-11-22  8",
        "              2026-11-21  4",
        "rollbacks     2 executed",
        "requests      executed 2",
        "pinned        1 model",
    ]


def test_a_cleanup_says_what_went_or_would() -> None:
    assert list(purge.lines(CleanupHistoryResponse())) == ["There is nothing to purge."]
    answer = CleanupHistoryResponse(
        purged_versions=3, affected_models=2, freed_bytes=2048, forgotten_rollbacks=1, dry_run=True
    )
    answer.examples.add(model_id="acme/one", version=1)
    assert list(purge.lines(answer)) == [
        "acme/one  version 1",
        "and 2 more",
        "There would go: the documents of 3 versions of 2 models, 2 KiB; 1 old rollback.",
    ]
    answer.dry_run = False
    assert list(purge.lines(answer))[-1].startswith("Purged: the documents of 3 versions")


def test_the_past_is_typed_as_a_span_or_a_date() -> None:
    assert past(None, "--since") is None
    assert past("2026-03-01", "--since") == datetime(2026, 3, 1, tzinfo=UTC)
    ago = past("30d", "--since")
    assert ago is not None
    assert abs(datetime.now(UTC) - timedelta(days=30) - ago) < timedelta(minutes=1)
    for wrong in ("soon", "2026-13-01", "999999999999d"):
        with pytest.raises(UsageFailure, match="--since takes"):
            past(wrong, "--since")


def test_rows_are_counted_as_they_are_read() -> None:
    rows = Counted(iter("abc"))
    assert rows.summary("pin", None) == "No pin."
    assert [*rows] == ["a", "b", "c"]
    assert rows.summary("pin", None) == rows.summary("pin", 4) == "3 pins."
    assert rows.summary("pin", 3) == "3 pins. There may be more; --all shows all."
