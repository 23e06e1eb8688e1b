"""The cases, in the order in which they are measured."""

from benchmarks.case import Case
from benchmarks.cases import batch_get, client, command, get_model, list_models, memory, refresh, save_model, start

CASES: tuple[Case, ...] = (
    get_model.CASE,
    batch_get.CASE,
    list_models.CASE_5K,
    list_models.CASE_100K,
    refresh.FIRST,
    refresh.QUIET,
    save_model.CASE,
    start.CASE,
    memory.CASE,
    client.UNARY,
    client.ASYNC,
    client.PAGER,
    command.CASE,
)
